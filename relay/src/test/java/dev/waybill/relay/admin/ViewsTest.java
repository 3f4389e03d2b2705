package dev.waybill.relay.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.relay.access.ApiKey;
import dev.waybill.relay.domains.DnsRecord;
import dev.waybill.relay.domains.DomainStatus;
import dev.waybill.relay.domains.SendingDomain;
import dev.waybill.relay.events.DeliveryKey;
import dev.waybill.relay.events.Event;
import dev.waybill.relay.events.EventType;
import dev.waybill.relay.events.Journal;
import dev.waybill.relay.http.Json;
import dev.waybill.relay.http.Parameters;
import dev.waybill.relay.http.Refusal;
import dev.waybill.relay.message.DomainName;
import dev.waybill.relay.message.EmailAddress;
import dev.waybill.relay.operations.Selection;
import dev.waybill.relay.queue.HealthGate;
import dev.waybill.relay.queue.QueueSummary;
import dev.waybill.relay.streams.Streams;
import dev.waybill.relay.suppression.Suppression;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What the API shows is a pure function of the records, and what it reads likewise.
class ViewsTest {
  private static final UUID ID = UUID.fromString("0192f0c4-8a3b-7c11-9d20-5f6b7a1e2c3d");
  private static final Instant AT = Instant.parse("2026-11-21T10:00:00.1Z");

  @Test
  void showsADomainWithItsRecords() {
    DnsRecord mx =
        new DnsRecord(
            "SPF",
            "MX",
            DomainName.of("send.example.com"),
            "send",
            "mail.relay.example",
            10,
            true,
            DnsRecord.Status.TEMPORARY_FAILURE,
            "gone");
    DnsRecord txt =
        new DnsRecord(
            "SPF",
            "TXT",
            DomainName.of("send.example.com"),
            "send",
            "v=spf1 -all",
            null,
            true,
            DnsRecord.Status.VERIFIED,
            "");

    assertThat(
            json(
                DomainView.withRecords(
                    domain("example.com"), Optional.empty(), List.of(mx, txt), List.of())))
        .isEqualTo(
            """
            {"object":"domain","id":"0192f0c4-8a3b-7c11-9d20-5f6b7a1e2c3d","name":"example.com",\
            "status":"not_started","created_at":"2026-11-21T10:00:00.100000Z",\
            "deleted_at":null,"region":"self-hosted","custom_return_path":"send","open_tracking":true,\
            "click_tracking":false,"tracking_subdomain":null,"display_name":null,\
            "unsubscribe_footer":null,"logo":null,"tls":"enforced","records":[\
            {"record":"SPF","name":"send","fqdn":"send.example.com","type":"MX","ttl":"Auto",\
            "status":"temporary_failure","value":"mail.relay.example","priority":10,\
            "required":true,"explanation":"gone"},\
            {"record":"SPF","name":"send","fqdn":"send.example.com","type":"TXT","ttl":"Auto",\
            "status":"verified","value":"v=spf1 -all","required":true,"explanation":""}],"breakers":[]}\
            """);
    assertThat(json(DomainView.of(domain("example.com"), Optional.of(AT))))
        .contains("\"deleted_at\":\"2026-11-21T10:00:00.100000Z\"")
        .doesNotContain("records");
  }

  @Test
  void showsAnEventWithItsFacts() {
    Event click =
        new Event(
            EventType.EMAIL_CLICKED,
            AT,
            new DeliveryKey(ID, 0),
            "jane@customer.example",
            "example.com",
            Map.of("machine", "false", "link", "https://shop.example/", "to", "ignored"));

    assertThat(json(EventsResource.EventView.of(new Journal.Entry(42, click))))
        .isEqualTo(
            """
            {"id":"42","type":"email.clicked","created_at":"2026-11-21T10:00:00.100000Z",\
            "data":{"email_id":"0192f0c4-8a3b-7c11-9d20-5f6b7a1e2c3d",\
            "to":["jane@customer.example"],"domain":"example.com",\
            "link":"https://shop.example/","machine":"false"}}\
            """);
    Event created = new Event(EventType.DOMAIN_CREATED, AT, null, null, null, Map.of());
    assertThat(json(EventsResource.EventView.of(new Journal.Entry(1, created))))
        .endsWith("\"data\":{}}");
  }

  @Test
  void showsTheQueue() {
    QueueSummary summary =
        new QueueSummary(
            AT,
            Map.of("deferred", 2L, "queued", 1L),
            AT,
            List.of(new QueueSummary.Destination("gmail.example", 3, null, "421 4.7.0 slow")));

    assertThat(json(QueueResource.QueueView.of(summary, AT.plusMillis(12_500))))
        .isEqualTo(
            """
            {"object":"queue","counted_at":"2026-11-21T10:00:00.100000Z",\
            "states":{"scheduled":0,"queued":1,"sending":0,"deferred":2,\
            "held":0},"oldest_seconds":12.5,"destinations":[{"domain":"gmail.example",\
            "deliveries":3,"next_attempt_at":null,"last_reply":"421 4.7.0 slow"}]}\
            """);
    assertThat(
            json(QueueResource.QueueView.of(new QueueSummary(AT, Map.of(), null, List.of()), AT)))
        .contains("\"oldest_seconds\":null");
  }

  @Test
  void readsWhichDeliveriesAreMeant() {
    assertThat(filter("{\"destination\":\"Gmail.Example\"}").selection(AT))
        .isEqualTo(Selection.to(DomainName.of("gmail.example")));
    assertThat(filter("{\"email_id\":\"%s\"}".formatted(ID)).selection(AT))
        .isEqualTo(Selection.ofMessage(ID));
    assertThat(filter("{\"all\":true}").selection(AT)).isEqualTo(Selection.ALL);
    DeliveryKey key = new DeliveryKey(ID, 17);
    assertThat(QueueFilter.key(QueueFilter.cursor(key))).isEqualTo(key);
    for (String wrong :
        List.of(
            "{}",
            "{\"all\":false}",
            "{\"all\":true,\"state\":\"held\"}",
            "{\"state\":\"lost\"}",
            "{\"to\":\"nobody\"}",
            "{\"older_than\":-1}",
            "{\"reply\":\"\"}")) {
      assertThatThrownBy(() -> filter(wrong)).as(wrong).isInstanceOf(Refusal.class);
    }
    QueueFilter going =
        filter("{\"all\":true,\"after\":\"%s\"}".formatted(QueueFilter.Progress.text(AT, key)));
    assertThat(going.progress(AT.plusSeconds(60))).isEqualTo(new QueueFilter.Progress(AT, key));
    for (String wrong : List.of("", "17", ID + ".", ID + ".x", "x.1", ID + ".1.2")) {
      assertThatThrownBy(() -> QueueFilter.key(wrong)).as(wrong).isInstanceOf(Refusal.class);
    }
  }

  private static QueueFilter filter(String json) {
    return read(json, QueueFilter.class).checked();
  }

  @Test
  void showsSuppressionsAndKeys() {
    Suppression suppression =
        new Suppression(
            ID,
            EmailAddress.of("jane@customer.example"),
            ID,
            "marketing",
            Suppression.Origin.UNSUBSCRIBE,
            AT,
            null);
    assertThat(json(SuppressionsResource.SuppressionView.of(suppression, "example.com")))
        .isEqualTo(
            """
            {"object":"suppression","id":"0192f0c4-8a3b-7c11-9d20-5f6b7a1e2c3d",\
            "email":"jane@customer.example","domain":"example.com","stream":"marketing",\
            "origin":"unsubscribe","created_at":"2026-11-21T10:00:00.100000Z",\
            "expires_at":null}\
            """);
    ApiKey key =
        new ApiKey(ID, "shop", ApiKey.Permission.SENDING_ACCESS, ApiKey.Sending.ANYTHING, AT);
    assertThat(json(ApiKeysResource.KeyView.of(key)))
        .isEqualTo(
            """
            {"id":"0192f0c4-8a3b-7c11-9d20-5f6b7a1e2c3d","name":"shop",\
            "permission":"sending_access","domain_id":null,"domain_ids":[],\
            "stream":"transactional","recipients_per_minute":null,"recipients_per_day":null,\
            "created_at":"2026-11-21T10:00:00.100000Z"}\
            """);
  }

  @Test
  void saysHealthInWords() {
    assertThat(Health.of(new HealthGate.State.Open())).isEqualTo(new Health("open", ""));
    assertThat(Health.of(new HealthGate.State.Congested("slow")).name()).isEqualTo("congested");
    assertThat(Health.of(new HealthGate.State.Broken("gone")).isOpen()).isFalse();
  }

  @Test
  void countsDomainsByStatus() {
    assertThat(StatusResource.countByStatus(List.of(domain("a.example"), domain("b.example"))))
        .isEqualTo(Map.of("not_started", 2L));
  }

  @Test
  void cutsPages() {
    List<UUID> all = List.of(new UUID(0, 1), new UUID(0, 2), new UUID(0, 3));

    Page<UUID> first = cut(all, "limit=2");
    assertThat(first).isEqualTo(new Page<>("list", true, all.subList(0, 2)));
    assertThat(json(first)).startsWith("{\"object\":\"list\",\"has_more\":true,\"data\":[");
    Page<UUID> second = cut(all, "limit=2&after=" + all.get(1));
    assertThat(second).isEqualTo(new Page<>("list", false, all.subList(2, 3)));
    assertThat(cut(all, "after=" + all.get(2)).data()).isEmpty();
    assertThat(cut(List.of(), "").data()).isEmpty();

    Page<UUID> back = cut(all, "limit=1&before=" + all.get(2));
    assertThat(back).isEqualTo(new Page<>("list", true, all.subList(1, 2)));
    assertThat(cut(all, "limit=2&before=" + all.get(2)))
        .isEqualTo(new Page<>("list", false, all.subList(0, 2)));
    assertThat(cut(all, "before=" + all.get(0)).data()).isEmpty();
  }

  @Test
  void aPageBeginsWhereAnEntryStoodThatIsGone() {
    List<UUID> all = List.of(1, 3, 5).stream().map(ViewsTest::timeOrdered).toList();

    assertThat(cut(all, "after=" + timeOrdered(2)).data()).isEqualTo(all.subList(1, 3));
    assertThat(cut(all, "before=" + timeOrdered(4)).data()).isEqualTo(all.subList(0, 2));
    assertThat(cut(all, "after=" + timeOrdered(9)).data()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "limit=0|limit: \"0\" (expected: a whole number from 1 to 100)",
        "limit=101|limit: \"101\" (expected: a whole number from 1 to 100)",
        "limit=ten|limit: \"ten\" (expected: a whole number from 1 to 100)",
        "after=0192f0c4-8a3b-7c11-9d20-5f6b7a1e2c3d&before=0192f0c4-8a3b-7c11-9d20-5f6b7a1e2c3d"
            + "|before and after are both given (expected: one)",
        "after=1-1-1-1-1|after: \"1-1-1-1-1\" (expected: an id (UUID))",
        "after=0192f0c4-8a3b-4c11-9d20-5f6b7a1e2c3d"
            + "|after: \"0192f0c4-8a3b-4c11-9d20-5f6b7a1e2c3d\""
            + " (expected: the id of an entry of this list)",
      })
  void namesAWrongPageParameter(String query, String message) {
    assertThatThrownBy(() -> cut(List.of(new UUID(0, 1)), query))
        .isInstanceOf(Refusal.class)
        .hasMessage(message);
  }

  @Test
  void readsWhichEventsAreAskedFor() {
    var asked =
        EventsResource.Asked.of(
            Parameters.parse("after=7&limit=1000&type=email.opened&order=desc&email_id=" + ID));

    assertThat(asked.filter()).isEqualTo(new Journal.Filter(7, EventType.EMAIL_OPENED, ID, true));
    assertThat(asked.limit()).isEqualTo(1000);
    assertThat(EventsResource.Asked.of(Parameters.parse("")).limit()).isEqualTo(100);
    for (String wrong :
        List.of("limit=1001", "after=-1", "type=opened", "order=up", "email_id=1")) {
      assertThatThrownBy(() -> EventsResource.Asked.of(Parameters.parse(wrong)))
          .as(wrong)
          .isInstanceOf(Refusal.class)
          .hasMessageContaining("expected:");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{}|name is missing (it is required)",
        "{\"name\":\" \"}|name is missing (it is required)",
        "{\"name\":\"a.example\",\"tls\":\"no\"}"
            + "|tls: \"no\" (expected: opportunistic or enforced)",
        "{\"name\":\"a.example\",\"open_tracking\":\"yes\"}"
            + "|open_tracking: \"yes\" (expected: true or false)",
      })
  void namesWhatIsWrongWithANewDomain(String json, String message) {
    assertThatThrownBy(() -> read(json, DomainsResource.Create.class).toRequest())
        .hasMessage(message);
  }

  @Test
  void readsANewDomainAsResendsClientsSendIt() {
    var request =
        read(
                """
                {"name":" example.com ","region":"us-east-1","capabilities":{"sending":"enabled"},
                 "tls":"enforced","custom_return_path":"news","click_tracking":true}
                """,
                DomainsResource.Create.class)
            .toRequest();

    assertThat(request.name()).isEqualTo("example.com");
    assertThat(request.returnPathLabel()).isEqualTo("news");
    assertThat(request.requireTls()).isTrue();
    assertThat(request.openTracking()).isFalse();
    assertThat(request.clickTracking()).isTrue();
  }

  @Test
  void leavesADomainsOtherSettingsAlone() {
    var change = read("{\"open_tracking\":false}", DomainsResource.Update.class).toChange();

    assertThat(change.openTracking()).isFalse();
    assertThat(change.requireTls()).isNull();
    assertThat(change.trackingSubdomain()).isNull();
  }

  @Test
  void takesTheTrackingSubdomainAwayWithNull() {
    var change = read("{\"tracking_subdomain\":null}", DomainsResource.Update.class).toChange();

    assertThat(change.trackingSubdomain()).isEmpty();
    assertThatThrownBy(
            () -> read("{\"tracking_subdomain\":7}", DomainsResource.Update.class).toChange())
        .hasMessage("tracking_subdomain: 7 (expected: a string or null)");
  }

  @Test
  void refusesAFullAccessKeyForOneDomain() {
    var create = create("shop", "full_access", ID);

    assertThatThrownBy(create::checkedPermission).hasMessageContaining("domain_id");
    assertThatThrownBy(() -> create("x", "root", null).checkedPermission())
        .hasMessage("permission: \"root\" (expected: full_access or sending_access)");
    assertThat(create("x", null, null).checkedPermission())
        .isEqualTo(ApiKey.Permission.FULL_ACCESS);
  }

  @Test
  void readsWhatAKeyMaySend() {
    var create =
        read(
            """
            {"name":"shop","domain_id":"0192f0c4-8a3b-7c11-9d20-5f6b7a1e2c3d",\
            "domain_ids":["0192f0c4-8a3b-7c11-9d20-5f6b7a1e2c3d"],"stream":"Marketing",\
            "recipients_per_minute":60,"recipients_per_day":5000}\
            """,
            ApiKeysResource.Create.class);

    assertThat(create.checkedPermission()).isEqualTo(ApiKey.Permission.SENDING_ACCESS);
    assertThat(create.checkedSending(Streams.builtIn()))
        .isEqualTo(new ApiKey.Sending(Set.of(ID), "marketing", 60, 5_000));
    assertThatThrownBy(() ->
            read("{\"stream\":\"bulk\"}", ApiKeysResource.Create.class)
                .checkedSending(Streams.builtIn()))
        .hasMessage("stream: \"bulk\" (expected: transactional or marketing)");
    assertThatThrownBy(() ->
            read("{\"recipients_per_day\":0}", ApiKeysResource.Create.class)
                .checkedSending(Streams.builtIn()))
        .hasMessage("recipients_per_day: 0 (expected: 1 or more, or nothing)");
    assertThatThrownBy(() ->
            read("{\"domain_ids\":[null]}", ApiKeysResource.Create.class)
                .checkedSending(Streams.builtIn()))
        .hasMessage("domain_ids: null (expected: ids of registered domains)");
  }

  private static ApiKeysResource.Create create(
      String name, @Nullable String permission, @Nullable UUID domain) {
    return new ApiKeysResource.Create(name, permission, domain, null, null, null, null);
  }

  private static UUID timeOrdered(int number) {
    return new UUID(0x7000L | (long) number << 16, 0x8000_0000_0000_0000L);
  }

  private static Page<UUID> cut(List<UUID> all, String query) {
    return Page.cut(all, Page.Asked.of(Parameters.parse(query)), id -> id, id -> id);
  }

  private static SendingDomain domain(String name) {
    return new SendingDomain(
        ID, DomainName.of(name), DomainStatus.NOT_STARTED, "send", true, false, null, true, AT);
  }

  private static <T> T read(String json, Class<T> type) {
    return Json.read(json.getBytes(StandardCharsets.UTF_8), type);
  }

  private static String json(Object value) {
    return new String(Json.write(value), StandardCharsets.UTF_8);
  }
}
