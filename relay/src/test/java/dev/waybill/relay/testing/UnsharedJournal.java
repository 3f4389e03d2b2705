package dev.waybill.relay.testing;

import dev.waybill.relay.events.Journal;
import dev.waybill.relay.storage.Database;
import dev.waybill.relay.storage.GroupCommit;
import java.time.Duration;

/// A journal that is written in transactions only, never with a group commit.
public final class UnsharedJournal {
  private UnsharedJournal() {}

  public static Journal of(Database database) {
    GroupCommit.Observer nobody =
        new GroupCommit.Observer() {
          @Override
          public void committed(int items, Duration took) {}

          @Override
          public void failed(Throwable cause) {}
        };
    return new Journal(database, new GroupCommit(database, nobody, System::nanoTime));
  }
}
