package dev.waybill.relay.queue;

import dev.waybill.relay.access.KeyUsageStore;
import dev.waybill.relay.events.DeliveryKey;
import dev.waybill.relay.events.Event;
import dev.waybill.relay.events.EventStore;
import dev.waybill.relay.events.EventType;
import dev.waybill.relay.idempotency.IdempotencyKey;
import dev.waybill.relay.idempotency.IdempotencyStore;
import dev.waybill.relay.message.DsnParameters;
import dev.waybill.relay.message.EmailAddress;
import dev.waybill.relay.message.TlsWish;
import dev.waybill.relay.storage.Columns;
import dev.waybill.relay.storage.GroupCommit;
import dev.waybill.relay.streams.Stream;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/// Writes accepted messages: body, message row, delivery rows and first events. Committing thread
/// only.
final class AcceptStore implements GroupCommit.Writer<Accepting> {
  private static final int MAX_REPLY = 400;

  private final BodyStore bodies;
  private final EventStore events;
  private final LongSupplier owner;
  private final JsonMapper json = JsonMapper.shared();

  /// @param owner the current incarnation of this node
  AcceptStore(BodyStore bodies, EventStore events, LongSupplier owner) {
    this.bodies = bodies;
    this.events = events;
    this.owner = owner;
  }

  @Override
  public void prepare(List<Accepting> messages) throws IOException {
    bodies.append(needingDelivery(messages));
  }

  @Override
  public void write(Connection connection, List<Accepting> messages) throws SQLException {
    bodies.insert(connection, needingDelivery(messages));
    insertMessages(connection, messages);
    insertDeliveries(connection, messages);
    List<Event> first = new ArrayList<>();
    for (Accepting message : messages) {
      addEvents(message, first);
    }
    events.write(connection, first);
    insertKeys(connection, messages);
    chargeKeys(connection, messages);
  }

  private static void chargeKeys(Connection connection, List<Accepting> messages)
      throws SQLException {
    SortedMap<UUID, Integer> recipients = new TreeMap<>();
    Instant last = Instant.MIN;
    for (Accepting message : messages) {
      UUID key = message.acceptance().chargedKey();
      if (key != null) {
        recipients.merge(key, message.acceptance().recipients().size(), Integer::sum);
        last = message.facts().acceptedAt();
      }
    }
    if (!recipients.isEmpty()) {
      KeyUsageStore.add(connection, recipients, last);
    }
  }

  private static void insertKeys(Connection connection, List<Accepting> messages)
      throws SQLException {
    Map<UUID, IdempotencyKey> keys = new LinkedHashMap<>();
    Instant last = Instant.MIN;
    for (Accepting message : messages) {
      IdempotencyKey key = message.acceptance().idempotencyKey();
      if (key != null) {
        keys.put(message.facts().id(), key);
        last = message.facts().acceptedAt();
      }
    }
    if (!keys.isEmpty()) {
      IdempotencyStore.insert(connection, keys, last);
    }
  }

  private static List<Accepting> needingDelivery(List<Accepting> messages) {
    return messages.stream().filter(Accepting::needsDelivery).toList();
  }

  private void insertMessages(Connection connection, List<Accepting> messages) throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            """
            insert into message (id, accepted_at, send_at, domain_id, domain_name, header_from,
              subject, stream, tag, metadata, track_opens, track_clicks, received, size, eight_bit,
              smtp_utf8, body_segment, body_offset, stream_kind, envelope_from,
              tls_required)
            values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)\
            """)) {
      for (Accepting message : messages) {
        MessageFacts facts = message.facts();
        insert.setObject(1, facts.id());
        insert.setObject(2, Columns.timestamp(facts.acceptedAt()));
        insert.setObject(
            3, Columns.optionalTimestamp(facts.sendAt()), Types.TIMESTAMP_WITH_TIMEZONE);
        insert.setObject(4, facts.domainId());
        insert.setString(5, facts.domain().value());
        insert.setString(6, Columns.required(facts.headerFrom(), 998));
        insert.setString(7, Columns.required(facts.subject(), 2_000));
        insert.setString(8, facts.stream().name());
        insert.setString(9, Columns.text(facts.tag(), 1_000));
        insert.setString(10, metadata(facts));
        setOptional(insert, 11, facts.trackOpens());
        setOptional(insert, 12, facts.trackClicks());
        insert.setString(13, Columns.required(facts.received(), 1_000));
        insert.setLong(14, facts.size());
        insert.setBoolean(15, facts.eightBit());
        insert.setBoolean(16, facts.smtpUtf8());
        insert.setLong(17, message.location().segment());
        insert.setLong(18, message.location().offset());
        insert.setString(19, facts.stream().kind().text());
        EmailAddress envelopeFrom = facts.envelopeFrom();
        insert.setString(20, envelopeFrom == null ? null : envelopeFrom.toString());
        TlsWish wish = facts.tlsWish();
        insert.setString(21, wish == TlsWish.NONE ? null : wish.text());
        insert.addBatch();
      }
      insert.executeBatch();
    }
  }

  private void insertDeliveries(Connection connection, List<Accepting> messages)
      throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            """
            insert into delivery (message_id, ordinal, recipient, recipient_domain, state, attempts,
              due_at, owner, body_segment, dsn, flow, wish, wish_reason)
            values (?, ?, ?, ?, ?, 0, ?, ?, ?, ?, ?, ?, ?)\
            """)) {
      for (Accepting message : messages) {
        List<Recipient> recipients = message.acceptance().recipients();
        long flow = message.facts().flow().number();
        for (int ordinal = 0; ordinal < recipients.size(); ordinal++) {
          Recipient recipient = recipients.get(ordinal);
          if (recipient.suppressedFor() == null) {
            insert.setObject(1, message.facts().id());
            insert.setInt(2, ordinal);
            insert.setString(3, recipient.address().toString());
            insert.setString(4, recipient.address().domain().value());
            setTurn(insert, message);
            insert.setLong(8, message.location().segment());
            String dsn = recipient.dsn().text();
            insert.setString(9, dsn.isEmpty() ? null : dsn);
            insert.setLong(10, flow);
            insert.setString(11, message.heldFor() == null ? null : "hold");
            insert.setString(12, message.heldFor());
            insert.addBatch();
          }
        }
      }
      insert.executeBatch();
    }
  }

  /// State, due time and owner: leased to this node, waiting for a claim, or for its hour.
  private void setTurn(PreparedStatement insert, Accepting message) throws SQLException {
    Instant sendAt = message.facts().sendAt();
    if (message.handOver()) {
      insert.setString(5, "sending");
      insert.setNull(6, Types.TIMESTAMP_WITH_TIMEZONE);
      message.leasedTo(owner.getAsLong());
      insert.setLong(7, message.owner());
    } else if (message.heldFor() != null) {
      insert.setString(5, "held");
      insert.setNull(6, Types.TIMESTAMP_WITH_TIMEZONE);
      insert.setNull(7, Types.BIGINT);
    } else {
      insert.setString(5, sendAt == null ? "queued" : "scheduled");
      insert.setObject(
          6, Columns.timestamp(sendAt == null ? message.facts().acceptedAt() : sendAt));
      insert.setNull(7, Types.BIGINT);
    }
  }

  private static void addEvents(Accepting message, List<Event> events) {
    MessageFacts facts = message.facts();
    List<Recipient> recipients = message.acceptance().recipients();
    for (int ordinal = 0; ordinal < recipients.size(); ordinal++) {
      Recipient recipient = recipients.get(ordinal);
      String suppressedFor = recipient.suppressedFor();
      EventType type =
          suppressedFor != null
              ? EventType.EMAIL_SUPPRESSED
              : facts.sendAt() == null ? EventType.EMAIL_SENT : EventType.EMAIL_SCHEDULED;
      Map<String, String> details = dsnFacts(recipient.dsn());
      if (!facts.stream().equals(Stream.TRANSACTIONAL)) {
        details.put("stream", facts.stream().name());
      }
      if (facts.tlsWish() != TlsWish.NONE) {
        details.put("tls_required", facts.tlsWish().text());
      }
      String heldFor = message.heldFor();
      if (suppressedFor == null && heldFor != null) {
        details.put("held", heldFor);
      }
      if (suppressedFor != null) {
        details.put("reason", Columns.required(suppressedFor, MAX_REPLY));
      }
      events.add(
          new Event(
              type,
              facts.acceptedAt(),
              new DeliveryKey(facts.id(), ordinal),
              recipient.address().toString(),
              facts.domain().value(),
              details));
    }
  }

  /// What the application calls this delivery, so that it finds its own in the journal.
  private static Map<String, String> dsnFacts(DsnParameters dsn) {
    Map<String, String> facts = new HashMap<>();
    if (dsn.envid() != null) {
      facts.put("envelope_id", DsnParameters.decoded(dsn.envid()));
    }
    if (dsn.orcpt() != null) {
      facts.put("original_recipient", DsnParameters.decoded(dsn.orcpt()));
    }
    if (!dsn.notifyOn().isEmpty()) {
      facts.put("notify", dsn.notifyText());
    }
    if (dsn.ret() != null) {
      facts.put("return", dsn.ret().name());
    }
    return facts;
  }

  private String metadata(MessageFacts facts) throws SQLException {
    if (facts.metadata().isEmpty()) {
      return "{}";
    }
    String text = Columns.required(json.writeValueAsString(facts.metadata()), Integer.MAX_VALUE);
    if (text.length() > 20_000) {
      throw new SQLException(
          "metadata of %d characters (expected: at most 20000)".formatted(text.length()));
    }
    return text;
  }

  private static void setOptional(PreparedStatement insert, int index, @Nullable Boolean value)
      throws SQLException {
    if (value == null) {
      insert.setNull(index, Types.BOOLEAN);
    } else {
      insert.setBoolean(index, value);
    }
  }
}
