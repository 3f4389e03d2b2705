package dev.waybill.relay.queue;

import dev.waybill.relay.storage.GroupCommit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Turns new mail away before it is at risk: any trouble of the storage closes the gate.
///
/// Any thread may ask; it hears of every commit as the group commit's observer.
public final class HealthGate implements GroupCommit.Observer {
  private static final Logger LOG = LoggerFactory.getLogger(HealthGate.class);

  /// What to tell an application that wants to submit.
  public sealed interface State {
    /// New mail is welcome.
    record Open() implements State {}

    /// Slow or nearly full: 452 4.3.1.
    record Congested(String reason) implements State {}

    /// The last commit failed or the database is gone: 451 4.3.0.
    record Broken(String reason) implements State {}
  }

  private static final State OPEN = new State.Open();

  private final Path dataDir;
  private final QueueSettings.Limits limits;
  private volatile State commits = OPEN;
  private volatile State disk = OPEN;

  public HealthGate(Path dataDir, QueueSettings.Limits limits) {
    this.dataDir = dataDir;
    this.limits = limits;
  }

  /// The worst of what is known.
  public State state() {
    return commits instanceof State.Open ? disk : commits;
  }

  @Override
  public void committed(int items, Duration took) {
    if (took.compareTo(limits.slowCommit()) > 0) {
      change("the last commit took " + took.toMillis() + " ms", State.Congested::new);
    } else if (!(commits instanceof State.Open)) {
      LOG.info("storage works again; taking mail");
      commits = OPEN;
    }
  }

  @Override
  public void failed(Throwable cause) {
    change("storage failed: " + cause.getMessage(), State.Broken::new);
  }

  /// How many octets are to be freed before new mail is turned away for want of them: as soon as
  /// less than twice what must stay free is there. 0 or less for none.
  long lackingDisk() {
    try {
      return 2 * limits.minFreeDisk() - Files.getFileStore(dataDir).getUsableSpace();
    } catch (IOException gone) {
      return 0; // the look at the disk tells
    }
  }

  /// Looks at the disk; called every few seconds.
  void checkDisk() {
    State found;
    try {
      long free = Files.getFileStore(dataDir).getUsableSpace();
      found =
          free >= limits.minFreeDisk()
              ? OPEN
              : new State.Congested(
                  "%d MiB free on the disk of %s (expected: %d or more)"
                      .formatted(free >> 20, dataDir, limits.minFreeDisk() >> 20));
    } catch (IOException gone) {
      found = new State.Broken("the data folder cannot be read: " + gone.getMessage());
    }
    if (!found.equals(disk)) {
      LOG.warn("disk: {}", found);
    }
    disk = found;
  }

  private void change(String reason, Function<String, State> kind) {
    if (commits instanceof State.Open) {
      LOG.error("turning new mail away: {}", reason);
    }
    commits = kind.apply(reason);
  }
}
