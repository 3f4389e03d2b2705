package dev.waybill.relay.shaping;

import java.util.ArrayDeque;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/// What all sites of one provider together take from one pool of our addresses, and which of them
/// comes next. Any thread may use it; nobody ever waits in here.
///
/// A site asks before it calls on a host. Where there is room it may do so at once; else it stands
/// in line, once, and is shown in when its turn has come. Whoever has more to send stands behind
/// all others again, so the number of messages that a site has does not matter. With the connection
/// comes the turn of its first message; for each further one a turn is taken in the order in which
/// connections ask. So those that hold something never wait for those in line, and the other way
/// round they wait only as long as a connection carries its share.
///
/// A complaint about us as a sender halves the rate and the number of connections of all sites
/// together, as [SitePace] does for one; but never below a twentieth, since sites have paces of
/// their own that fall further.
public final class ProviderBudget<S> {
  private static final int MESSAGES_PER_GROWTH = 20;
  private static final int SHARES = 20;

  /// Tells a site that its turn has come.
  @FunctionalInterface
  public interface Usher<S> {
    /// Called under the budget's lock and perhaps a site's: must only note it.
    ///
    /// @param nanos after which the site may call
    void show(S site, long nanos);
  }

  private final String provider;
  private final ProviderLimits limits;
  private final boolean bounded;
  private final Usher<S> usher;
  private final ReentrantLock lock = new ReentrantLock();
  private final TokenRate connections;
  private final TokenRate messages;
  private final ArrayDeque<S> line = new ArrayDeque<>();
  private int taken;
  private int dismissed;
  // written under the lock
  private volatile int ceiling;
  private volatile int standing;
  private volatile int waiting;

  /// @param provider its name, for people
  public ProviderBudget(String provider, ProviderLimits limits, Usher<S> usher, long now) {
    this.provider = provider;
    this.limits = limits;
    this.bounded = !limits.equals(ProviderLimits.NONE);
    this.usher = usher;
    this.connections = new TokenRate(limits.connectionRate(), now);
    this.messages =
        new TokenRate(
            limits.messageRate(), Math.min(1, limits.messageRate().perSecond() / SHARES), now);
    this.ceiling = limits.connections();
  }

  /// Whether there is anything that sites have to share.
  public boolean isBounded() {
    return bounded;
  }

  /// A site wants to call on a host. It must not ask again before it was shown in.
  ///
  /// @return whether it may at once, and send one message; else it is shown in later
  public boolean ask(S site, long now) {
    if (!bounded) {
      return true;
    }
    lock.lock();
    try {
      if (standing >= ceiling || !line.isEmpty()) {
        line.addLast(site);
        waiting = line.size();
        return false;
      }
      long wait = admit(now);
      if (wait > 0) {
        usher.show(site, wait);
      }
      return wait == 0;
    } finally {
      lock.unlock();
    }
  }

  /// A site that may call does not want to any more.
  public void refuse(long now) {
    if (bounded) {
      lock.lock();
      try {
        connections.giveBack();
        messages.giveBack();
        leave(now);
      } finally {
        lock.unlock();
      }
    }
  }

  /// A connection has ended, or did not come about.
  public void ended(long now) {
    if (bounded) {
      lock.lock();
      try {
        leave(now);
      } finally {
        lock.unlock();
      }
    }
  }

  /// Whether sites wait for a connection: whoever has one and nothing to send gives it up, and who
  /// has much to send gives it up after a while.
  public boolean isWanted() {
    return waiting > 0;
  }

  /// How many sites wait for a connection.
  public int waiting() {
    return waiting;
  }

  /// Whether there are more connections than the provider wants, and whoever asks is to end his.
  public boolean dismisses() {
    if (standing <= ceiling) {
      return false;
    }
    lock.lock();
    try {
      boolean tooMany = standing - dismissed > ceiling;
      dismissed += tooMany ? 1 : 0;
      return tooMany;
    } finally {
      lock.unlock();
    }
  }

  /// Takes the next message's turn.
  ///
  /// @return nanoseconds until it comes; 0 for at once
  public long takeMessage(long now) {
    if (!bounded) {
      return 0;
    }
    lock.lock();
    try {
      return messages.reserve(now);
    } finally {
      lock.unlock();
    }
  }

  /// A turn that was taken is not used.
  public void giveMessageBack() {
    if (bounded) {
      lock.lock();
      try {
        messages.giveBack();
      } finally {
        lock.unlock();
      }
    }
  }

  /// A host of the provider took a message.
  public void succeeded(long now) {
    if (!bounded) {
      return;
    }
    lock.lock();
    try {
      messages.succeeded(now);
      if (ceiling < limits.connections() && ++taken >= MESSAGES_PER_GROWTH) {
        ceiling = ceiling + 1;
        taken = 0;
        seat(now);
      }
    } finally {
      lock.unlock();
    }
  }

  /// A host of the provider says that it gets too much from us, or that we have a bad name.
  ///
  /// @return whether that changed anything
  public boolean throttled(long now) {
    if (!bounded) {
      return false;
    }
    lock.lock();
    try {
      if (!messages.shrink(now)) {
        return false;
      }
      if (!limits.isUncounted()) {
        int least = Math.max(1, limits.connections() / SHARES);
        ceiling = Math.max(least, Math.min(ceiling, standing) / 2);
        taken = 0;
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  /// Why a message does not go at once, in words; empty when the provider is not the reason.
  ///
  /// @param inLine whether its site has asked and was not shown in
  public Optional<String> reason(boolean inLine, long now) {
    if (!bounded) {
      return Optional.empty();
    }
    lock.lock();
    try {
      if (inLine && standing >= ceiling) {
        return Optional.of(
            "%s: %d of %d connections in use%s"
                .formatted(
                    provider,
                    standing,
                    ceiling,
                    ceiling < limits.connections()
                        ? " for now (%d else)".formatted(limits.connections())
                        : ""));
      }
      if (messages.untilTurn(now) > 0) {
        return Optional.of(
            "%s: rate limited by shaping: %s messages to all its sites%s"
                .formatted(provider, messages.current().text(), learnt()));
      }
      return inLine
          ? Optional.of(
              "%s: rate limited by shaping: %s connections to all its sites"
                  .formatted(provider, limits.connectionRate().text()))
          : Optional.empty();
    } finally {
      lock.unlock();
    }
  }

  private String learnt() {
    return messages.current().equals(limits.messageRate())
        ? ""
        : " since it complained (%s else)".formatted(limits.messageRate().text());
  }

  private void leave(long now) {
    standing = standing - 1;
    dismissed = Math.max(0, dismissed - 1);
    seat(now);
  }

  /// Shows in whoever there is room for.
  private void seat(long now) {
    while (standing < ceiling && !line.isEmpty()) {
      S next = line.removeFirst();
      waiting = line.size();
      usher.show(next, admit(now));
    }
  }

  /// @return nanoseconds until one more may call and send
  private long admit(long now) {
    standing = standing + 1;
    return Math.max(connections.reserve(now), messages.reserve(now));
  }
}
