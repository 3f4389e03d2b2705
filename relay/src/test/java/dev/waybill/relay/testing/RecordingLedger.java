package dev.waybill.relay.testing;

import dev.waybill.relay.dmarc.Filing;
import dev.waybill.relay.domains.DomainStatus;
import dev.waybill.relay.domains.SendingDomain;
import dev.waybill.relay.events.DeliveryKey;
import dev.waybill.relay.events.Event;
import dev.waybill.relay.events.EventType;
import dev.waybill.relay.events.RawReport;
import dev.waybill.relay.feedback.Ledger;
import dev.waybill.relay.message.DomainName;
import dev.waybill.relay.storage.StorageException;
import dev.waybill.relay.suppression.Suppression;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A ledger in memory that knows one delivery of `sandbox.example`, and whose storage can be
/// broken.
public final class RecordingLedger {
  public static final String TOKEN = "k7qm4x2vabcdefgh";
  public static final DeliveryKey DELIVERY =
      new DeliveryKey(UUID.fromString("01980000-0000-7000-8000-000000000001"), 0);
  public static final SendingDomain DOMAIN =
      new SendingDomain(
          UUID.fromString("01980000-0000-7000-8000-0000000000dd"),
          DomainName.of("sandbox.example"),
          DomainStatus.VERIFIED,
          "send",
          false,
          false,
          null,
          false,
          Instant.EPOCH);

  /// A suppression as it was asked for.
  public record Asked(
      String address, UUID domain, @Nullable String stream, Suppression.Origin origin) {}

  private final List<Event> events = new CopyOnWriteArrayList<>();
  private final List<@Nullable RawReport> reports = new CopyOnWriteArrayList<>();
  private final List<Asked> suppressions = new CopyOnWriteArrayList<>();
  private volatile boolean broken;

  public Ledger ledger() {
    return new Ledger(
        token ->
            token.toLowerCase(Locale.ROOT).equals(TOKEN) ? Optional.of(DELIVERY) : Optional.empty(),
        delivery ->
            delivery.equals(DELIVERY)
                ? Optional.of(
                    new Event(
                        EventType.EMAIL_SENT,
                        Instant.EPOCH,
                        DELIVERY,
                        "ada@customer.test",
                        "sandbox.example",
                        Map.of()))
                : Optional.empty(),
        name -> name.equals(DOMAIN.name()) ? Optional.of(DOMAIN) : Optional.empty(),
        this::write,
        new Ledger.Reports() {
          @Override
          public Filing look(byte[] letter, Function<DomainName, Optional<DomainName>> owner) {
            return Filing.ordinary();
          }

          @Override
          public void keep(Event event, RawReport letter, Filing filing) {
            boolean _ = write(event, letter, null);
          }
        });
  }

  /// From now on nothing becomes durable, or everything does again.
  public void setBroken(boolean broken) {
    this.broken = broken;
  }

  public List<Event> events() {
    return events;
  }

  public List<Asked> suppressions() {
    return suppressions;
  }

  /// The mail behind each event, in their order; null for none.
  public List<@Nullable RawReport> reports() {
    return reports;
  }

  private synchronized boolean write(
      Event event, @Nullable RawReport report, Suppression.@Nullable Wanted suppress) {
    if (broken) {
      throw new StorageException("disk full", new IOException("no space"));
    }
    if (suppress != null) {
      suppressions.add(
          new Asked(
              suppress.address().toString(),
              Objects.requireNonNull(suppress.domainId()),
              suppress.stream(),
              suppress.origin()));
    }
    DeliveryKey delivery = event.delivery();
    boolean known =
        delivery != null
            && events.stream()
                .anyMatch(e -> delivery.equals(e.delivery()) && e.type() == event.type());
    if (!known) {
      events.add(event);
      reports.add(report);
    }
    return !known;
  }
}
