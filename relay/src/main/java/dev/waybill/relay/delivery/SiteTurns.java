package dev.waybill.relay.delivery;

import dev.waybill.relay.shaping.ProviderBudget;
import dev.waybill.relay.shaping.SitePace;
import java.time.Duration;
import java.util.Optional;

/// When a site may call and send: by its own pace, and by what its provider leaves it. To be used
/// under the site's lock.
///
/// The provider's leave to call comes with the turn of a first message, which is kept here until a
/// worker comes for it.
final class SiteTurns {
  /// How often an idle connection looks whether another site of its provider wants its place.
  private static final long LOOK = Duration.ofSeconds(1).toNanos();

  private final Site site;
  private final SitePace pace;
  private final ProviderBudget<Site> budget;
  private boolean inLine;
  private int kept;

  SiteTurns(Site site, SitePace pace, ProviderBudget<Site> budget) {
    this.site = site;
    this.pace = pace;
    this.budget = budget;
  }

  /// The turn of one message, from the time at which somebody wants to send it.
  final class Turn {
    private boolean held;
    private long at;

    private Turn(long now) {
      held = kept > 0;
      kept -= held ? 1 : 0;
      at = now;
    }

    /// Nanoseconds until the message may go; with 0 it is to go.
    long come(long now) {
      long wait = pace.untilMessage(now);
      if (wait > 0) {
        return wait;
      }
      if (!held) {
        held = true;
        at = now + budget.takeMessage(now);
      }
      if (at - now > 0) {
        return at - now;
      }
      held = false;
      pace.takeMessage(now);
      return 0;
    }

    /// There is no message to be sent.
    ///
    /// @param patience in nanoseconds, with the message
    /// @return how long to wait for one before looking again; 0 for not at all
    long idle(long patience) {
      giveBack();
      if (!budget.isBounded()) {
        return patience;
      }
      return budget.isWanted() ? 0 : Math.min(patience, LOOK);
    }

    /// It is not used, or was used.
    void giveBack() {
      if (held) {
        held = false;
        budget.giveMessageBack();
      }
    }
  }

  Turn next(long now) {
    return new Turn(now);
  }

  /// A message whose turn had come did not go.
  void giveMessageBack() {
    pace.giveMessageBack();
    budget.giveMessageBack();
  }

  /// Whether so many connections are more than the site or its provider wants.
  boolean isTooMany(int connected) {
    return connected > pace.ceiling() || budget.dismisses();
  }

  /// Nanoseconds until it is of use to [#ask]; 0 for at once.
  long untilAsking(long now) {
    return inLine ? 0 : pace.untilConnection(now);
  }

  /// Asks for one more connection, with the turn of a message.
  ///
  /// @param idle connections that will take the next messages
  /// @return whether it may be opened now; else the site is [Site#shownIn], or has enough
  boolean ask(int idle, long now) {
    if (inLine || pace.messages(now) <= idle) {
      return false;
    }
    inLine = !budget.ask(site, now);
    if (!inLine) {
      take(now);
    }
    return !inLine;
  }

  /// The provider has room now.
  ///
  /// @param wanted whether the site still wants one more connection
  /// @return whether it is to be opened
  boolean shownIn(boolean wanted, int idle, long now) {
    inLine = false;
    if (wanted && pace.untilConnection(now) <= 0 && pace.messages(now) > idle) {
      take(now);
      return true;
    }
    budget.refuse(now);
    return false;
  }

  private void take(long now) {
    pace.takeConnection(now);
    kept++;
  }

  /// A connection that was asked for is over.
  void ended(long now) {
    budget.ended(now);
  }

  void succeeded(long now) {
    pace.succeeded(now);
    budget.succeeded(now);
  }

  /// Why a message does not go at once, in words; empty when it is not for want of a turn.
  ///
  /// @param workers connections that are open or being opened
  Optional<String> reason(int workers, long now) {
    return pace.reason(workers, now).or(() -> budget.reason(inLine, now));
  }
}
