package dev.waybill.relay.queue;

import dev.waybill.relay.events.DeliveryKey;
import dev.waybill.relay.events.Event;
import dev.waybill.relay.events.EventStore;
import dev.waybill.relay.events.EventType;
import dev.waybill.relay.storage.GroupCommit;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/// Takes messages back: removes the deliveries that no node works on and tells it, in one
/// transaction. A claim that comes first keeps its delivery, and one that comes later finds none.
/// Committing thread only.
final class CancelStore implements GroupCommit.Writer<CancelStore.Cancelling> {
  /// A message that somebody wants back.
  static final class Cancelling {
    private final UUID message;
    private final Instant at;
    private volatile int recipients;

    Cancelling(UUID message, Instant at) {
      this.message = message;
      this.at = at;
    }

    /// How many recipients get no copy now; 0 before it is written.
    int recipients() {
      return recipients;
    }
  }

  private final EventStore events;

  CancelStore(EventStore events) {
    this.events = events;
  }

  @Override
  public void write(Connection connection, List<Cancelling> cancellings) throws SQLException {
    for (Cancelling cancelling : cancellings) {
      List<Event> told = new ArrayList<>();
      try (PreparedStatement delete =
          connection.prepareStatement(
              "delete from delivery where message_id = ? and ordinal = ? and owner is null")) {
        for (Event event : idle(connection, cancelling)) {
          DeliveryKey key = event.delivery();
          if (key != null) {
            delete.setObject(1, key.messageId());
            delete.setInt(2, key.ordinal());
            if (delete.executeUpdate() == 1) {
              told.add(event);
            }
          }
        }
      }
      // a batch that failed is written again, item by item
      cancelling.recipients = told.size();
      if (!told.isEmpty()) {
        events.write(connection, told);
      }
    }
  }

  /// What no node works on: waiting for its time, for a turn, for a pause to end, or held.
  private static List<Event> idle(Connection connection, Cancelling cancelling)
      throws SQLException {
    List<Event> idle = new ArrayList<>();
    try (PreparedStatement select =
        connection.prepareStatement(
            """
            select d.ordinal, d.recipient, d.state, m.domain_name
            from delivery d join message m on m.id = d.message_id
            where d.message_id = ? and d.owner is null order by d.ordinal\
            """)) {
      select.setObject(1, cancelling.message);
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          idle.add(
              new Event(
                  EventType.EMAIL_CANCELLED,
                  cancelling.at,
                  new DeliveryKey(cancelling.message, row.getInt("ordinal")),
                  row.getString("recipient"),
                  row.getString("domain_name"),
                  Map.of("state", row.getString("state"))));
        }
      }
    }
    return idle;
  }
}
