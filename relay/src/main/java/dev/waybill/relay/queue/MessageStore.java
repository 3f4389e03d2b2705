package dev.waybill.relay.queue;

import dev.waybill.relay.message.DomainName;
import dev.waybill.relay.message.EmailAddress;
import dev.waybill.relay.message.TlsWish;
import dev.waybill.relay.storage.Columns;
import dev.waybill.relay.storage.Database;
import dev.waybill.relay.storage.StorageException;
import dev.waybill.relay.streams.Stream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/// Reads accepted messages back. Any thread may use it.
final class MessageStore {
  private static final TypeReference<Map<String, String>> METADATA = new TypeReference<>() {};

  private final Database database;
  private final BodyStore bodies;
  private final InstantSource clock;
  private final JsonMapper json = JsonMapper.shared();

  MessageStore(Database database, BodyStore bodies, InstantSource clock) {
    this.database = database;
    this.clock = clock;
    this.bodies = bodies;
  }

  /// The messages of the given ids; one that is missing is left out.
  Map<UUID, StoredMessage> load(Collection<UUID> ids) {
    if (ids.isEmpty()) {
      return Map.of();
    }
    try (Connection connection = database.connect();
        PreparedStatement select =
            connection.prepareStatement("select * from message where id = any(?)")) {
      select.setArray(1, connection.createArrayOf("uuid", ids.toArray()));
      Map<UUID, StoredMessage> messages = new HashMap<>();
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          MessageFacts facts = facts(row);
          messages.put(facts.id(), onDisk(facts, location(row)));
        }
      }
      return messages;
    } catch (SQLException failure) {
      throw new StorageException("messages could not be read", failure);
    }
  }

  /// The bytes of a message as submitted, while they are kept.
  Optional<byte[]> body(UUID id) {
    StoredMessage message = load(List.of(id)).get(id);
    if (message == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(message.bytes());
    } catch (UncheckedIOException gone) {
      return Optional.empty();
    }
  }

  StoredMessage onDisk(MessageFacts facts, BodyLocation location) {
    return StoredMessage.onDisk(facts, () -> read(facts.id(), location));
  }

  /// A body can have been copied forward, and its old segment removed, since its place was read.
  private byte[] read(UUID id, BodyLocation location) throws IOException {
    try {
      return bodies.read(id, location);
    } catch (NoSuchFileException moved) {
      BodyLocation current = locate(id);
      if (current.equals(location)) {
        throw moved;
      }
      return bodies.read(id, current);
    }
  }

  private BodyLocation locate(UUID id) throws IOException {
    try (Connection connection = database.connect();
        PreparedStatement select =
            connection.prepareStatement(
                "select body_segment, body_offset from message where id = ?")) {
      select.setObject(1, id);
      try (ResultSet row = select.executeQuery()) {
        if (!row.next()) {
          throw new IOException("there is no message " + id);
        }
        return location(row);
      }
    } catch (SQLException failure) {
      throw new IOException("the body of " + id + " cannot be found", failure);
    }
  }

  /// Whether room on the disk could be made by retaining less.
  boolean retainsBodies() {
    return bodies.retains();
  }

  /// Removes bodies that nobody needs and that were retained for long enough.
  ///
  /// @param wanted how many octets the disk lacks; 0 for none
  /// @return bodies to be copied forward
  List<BodyStore.Survivor> sweepBodies(long wanted) {
    try {
      return bodies.sweep(clock.instant(), wanted);
    } catch (SQLException | IOException failure) {
      throw new StorageException("bodies could not be removed", failure);
    }
  }

  private static BodyLocation location(ResultSet row) throws SQLException {
    return new BodyLocation(row.getLong("body_segment"), row.getLong("body_offset"));
  }

  private MessageFacts facts(ResultSet row) throws SQLException {
    return new MessageFacts(
        row.getObject("id", UUID.class),
        Columns.instant(row, "accepted_at"),
        Columns.optionalInstant(row, "send_at"),
        row.getObject("domain_id", UUID.class),
        new DomainName(row.getString("domain_name")),
        row.getString("header_from"),
        row.getString("subject"),
        stream(row.getString("stream"), row.getString("stream_kind")),
        row.getString("tag"),
        json.readValue(row.getString("metadata"), METADATA),
        optionalBoolean(row, "track_opens"),
        optionalBoolean(row, "track_clicks"),
        row.getString("received"),
        row.getLong("size"),
        row.getBoolean("eight_bit"),
        row.getBoolean("smtp_utf8"),
        envelopeFrom(row),
        TlsWish.of(Objects.requireNonNullElse(row.getString("tls_required"), "")));
  }

  private static @Nullable EmailAddress envelopeFrom(ResultSet row) throws SQLException {
    String address = row.getString("envelope_from");
    return address == null ? null : EmailAddress.parse(address).orElse(null);
  }

  /// As it was when the message was accepted, whatever is configured now.
  private static Stream stream(String name, String kind) throws SQLException {
    return Stream.Kind.parse(kind)
        .map(known -> new Stream(name, known))
        .orElseThrow(
            () -> new SQLException("kind of stream \"" + kind + "\" (expected: a known one)"));
  }

  private static @Nullable Boolean optionalBoolean(ResultSet row, String column)
      throws SQLException {
    boolean value = row.getBoolean(column);
    return row.wasNull() ? null : value;
  }
}
