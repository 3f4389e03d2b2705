package dev.waybill.relay.queue;

import dev.waybill.relay.storage.GroupCommit;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/// Messages that were refused because they could not be stored, and that are in the storage all the
/// same: a commit or a sync can fail after it did its work. Their sender will try again, so what is
/// there has to go. Any thread may note and ask; the committing thread writes.
final class WithdrawalStore implements GroupCommit.Writer<UUID> {
  private static final List<String> STATEMENTS =
      List.of(
          "delete from delivery where message_id = ?",
          "delete from event where message_id = ?",
          "delete from message where id = ?");

  private final GroupCommit.Lane<UUID> lane;
  private final Set<UUID> refused = ConcurrentHashMap.newKeySet();

  WithdrawalStore(GroupCommit commits) {
    this.lane = commits.lane(this);
  }

  /// The message was refused; whether anything of it was stored is not known.
  void note(UUID message) {
    refused.add(message);
  }

  /// Whether the message was refused and may still be in the storage.
  boolean holds(UUID message) {
    return refused.contains(message);
  }

  /// Removes what was refused; what the storage does not take comes again with the next call.
  void write() {
    for (UUID message : refused) {
      var _ =
          lane.submit(message)
              .whenComplete((_, failure) -> {
                if (failure == null) {
                  refused.remove(message);
                }
              });
    }
  }

  @Override
  public void write(Connection connection, List<UUID> messages) throws SQLException {
    for (String statement : STATEMENTS) {
      try (PreparedStatement delete = connection.prepareStatement(statement)) {
        for (UUID message : messages) {
          delete.setObject(1, message);
          delete.addBatch();
        }
        delete.executeBatch();
      }
    }
  }
}
