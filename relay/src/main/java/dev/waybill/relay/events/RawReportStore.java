package dev.waybill.relay.events;

import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;

/// The rows of raw reports. Stateless; a handle belongs to its caller.
final class RawReportStore {
  private RawReportStore() {}

  /// @throws org.jdbi.v3.core.statement.UnableToExecuteStatementException also where there is one
  ///   of that type about that delivery
  static void insert(Handle handle, long seq, Event event, RawReport report) {
    DeliveryKey delivery = event.delivery();
    UUID messageId = delivery == null ? null : delivery.messageId();
    Integer ordinal = delivery == null ? null : delivery.ordinal();
    handle
        .createUpdate(
            """
            insert into raw_report (seq, type, message_id, ordinal, octets, content)
            values (:seq, :type, cast(:message as uuid), cast(:ordinal as integer), :octets, :content)
            """)
        .bind("seq", seq)
        .bind("type", event.type().text())
        .bind("message", messageId)
        .bind("ordinal", ordinal)
        .bind("octets", report.octets())
        .bind("content", report.content())
        .execute();
  }

  static Optional<RawReport> find(Handle handle, long seq) {
    return handle
        .createQuery("select content, octets from raw_report where seq = :seq")
        .bind("seq", seq)
        .map((row, _) -> new RawReport(row.getBytes("content"), row.getLong("octets")))
        .findOne();
  }
}
