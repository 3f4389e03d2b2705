package dev.waybill.relay.queue;

import dev.waybill.relay.storage.GroupCommit;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;

/// Points deliveries to the copies of their bodies, which are on stable storage by then. The old
/// bodies stay until a sweep finds that nobody needs them. Committing thread only.
final class SurvivorStore implements GroupCommit.Writer<BodyStore.Survivor> {
  private final BodyStore bodies;
  private Map<BodyStore.Survivor, BodyLocation> copies = Map.of();

  SurvivorStore(BodyStore bodies) {
    this.bodies = bodies;
  }

  @Override
  public void prepare(List<BodyStore.Survivor> survivors) throws IOException {
    copies = bodies.copyForward(survivors);
  }

  @Override
  public void write(Connection connection, List<BodyStore.Survivor> survivors)
      throws SQLException {
    try (PreparedStatement message =
            connection.prepareStatement(
                "update message set body_segment = ?, body_offset = ? where id = ?");
        PreparedStatement deliveries =
            connection.prepareStatement(
                "update delivery set body_segment = ? where message_id = ?")) {
      for (Map.Entry<BodyStore.Survivor, BodyLocation> copy : copies.entrySet()) {
        message.setLong(1, copy.getValue().segment());
        message.setLong(2, copy.getValue().offset());
        message.setObject(3, copy.getKey().messageId());
        message.addBatch();
        deliveries.setLong(1, copy.getValue().segment());
        deliveries.setObject(2, copy.getKey().messageId());
        deliveries.addBatch();
      }
      message.executeBatch();
      deliveries.executeBatch();
    }
  }
}
