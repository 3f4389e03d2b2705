package dev.waybill.relay.queue;

import dev.waybill.relay.message.DomainName;
import dev.waybill.relay.message.EmailAddress;
import dev.waybill.relay.storage.Columns;
import dev.waybill.relay.storage.Database;
import dev.waybill.relay.storage.StorageException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Accepted messages as operators look at them: those of the history, and what of each still waits.
/// Any thread may read.
public final class HistoryStore {
  /// A filter looks at so many messages at most, so that a rare one costs no more than that.
  private static final int WINDOW = 100_000;

  /// Which messages to list; null for any.
  ///
  /// @param domain the registered sending domain
  /// @param tag the application's label
  /// @param recipient one of the envelope's recipients
  public record Filter(
      @Nullable DomainName domain, @Nullable String tag, @Nullable EmailAddress recipient) {
    /// Every message.
    public static final Filter NONE = new Filter(null, null, null);
  }

  /// Where a list goes on.
  ///
  /// @param from only messages beyond this one; null for the newest
  /// @param back towards the newer ones instead of the older
  public record Place(@Nullable UUID from, boolean back) {}

  /// A recipient whose copy is not settled.
  ///
  /// @param state `scheduled`, `queued`, `sending`, `deferred` or `held`
  /// @param dueAt when it is tried next; null while it is tried or held
  public record Waiting(
      int ordinal,
      String recipient,
      String state,
      int attempts,
      @Nullable Instant dueAt,
      @Nullable String lastReply) {
    public Waiting {
      Objects.requireNonNull(recipient, "recipient");
      Objects.requireNonNull(state, "state");
    }
  }

  private final Database database;
  private final MessageStore messages;

  HistoryStore(Database database, MessageStore messages) {
    this.database = database;
    this.messages = messages;
  }

  /// Lists messages, the newest first. A filter looks at the nearest 100,000 messages only.
  ///
  /// @param limit how many at most
  public List<MessageFacts> list(Filter filter, Place place, int limit) {
    List<UUID> ids = ids(filter, place, limit);
    Map<UUID, StoredMessage> found = messages.load(ids);
    List<MessageFacts> listed = new ArrayList<>(ids.size());
    for (UUID id : place.back() ? ids.reversed() : ids) {
      StoredMessage message = found.get(id);
      if (message != null) {
        listed.add(message.facts());
      }
    }
    return listed;
  }

  /// A message of the history.
  public Optional<MessageFacts> find(UUID id) {
    return Optional.ofNullable(messages.load(List.of(id)).get(id)).map(StoredMessage::facts);
  }

  /// The recipients of a message whose copies are not settled, in their order.
  public List<Waiting> waiting(UUID id) {
    try (Connection connection = database.connect();
        PreparedStatement select =
            connection.prepareStatement(
                """
                select ordinal, recipient, state, attempts, due_at, last_reply from delivery
                where message_id = ? order by ordinal\
                """)) {
      select.setObject(1, id);
      List<Waiting> waiting = new ArrayList<>();
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          waiting.add(
              new Waiting(
                  row.getInt("ordinal"),
                  row.getString("recipient"),
                  row.getString("state"),
                  row.getInt("attempts"),
                  Columns.optionalInstant(row, "due_at"),
                  row.getString("last_reply")));
        }
      }
      return waiting;
    } catch (SQLException failure) {
      throw new StorageException("deliveries could not be read", failure);
    }
  }

  private List<UUID> ids(Filter filter, Place place, int limit) {
    List<Object> values = new ArrayList<>();
    String sql = select(filter, place, values) + " limit ?";
    values.add(limit);
    try (Connection connection = database.connect();
        PreparedStatement select = connection.prepareStatement(sql)) {
      for (int i = 0; i < values.size(); i++) {
        select.setObject(i + 1, values.get(i));
      }
      List<UUID> ids = new ArrayList<>();
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          ids.add(row.getObject(1, UUID.class));
        }
      }
      return ids;
    } catch (SQLException failure) {
      throw new StorageException("messages could not be read", failure);
    }
  }

  /// Ids are ordered by time (RFC 9562 §5.7).
  private static String select(Filter filter, Place place, List<Object> values) {
    String order = place.back() ? " order by id" : " order by id desc";
    StringBuilder nearest = new StringBuilder("select id, domain_name, tag from message");
    if (place.from() != null) {
      nearest.append(place.back() ? " where id > ?" : " where id < ?");
      values.add(place.from());
    }
    nearest.append(order);
    if (filter.equals(Filter.NONE)) {
      return nearest.toString();
    }
    StringBuilder sql =
        new StringBuilder(
            "select m.id from (%s limit %d) m where 1 = 1".formatted(nearest, WINDOW));
    if (filter.domain() != null) {
      sql.append(" and m.domain_name = ?");
      values.add(filter.domain().value());
    }
    if (filter.tag() != null) {
      sql.append(" and m.tag = ?");
      values.add(filter.tag());
    }
    if (filter.recipient() != null) {
      sql.append(
          " and exists (select 1 from event e where e.message_id = m.id and e.recipient = ?)");
      values.add(filter.recipient().toString());
    }
    return sql.append(order.replace("id", "m.id")).toString();
  }
}
