package dev.waybill.relay.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.relay.breakers.BreakerState;
import dev.waybill.relay.dmarc.Advice;
import dev.waybill.relay.dmarc.Sender;
import dev.waybill.relay.doctor.Check;
import dev.waybill.relay.doctor.Diagnosis.Verdict;
import dev.waybill.relay.domains.DnsRecord;
import dev.waybill.relay.domains.DomainStatus;
import dev.waybill.relay.domains.Rotation;
import dev.waybill.relay.events.EventType;
import dev.waybill.relay.keyring.DomainKey;
import dev.waybill.relay.operations.DeliveryState;
import dev.waybill.relay.rendering.Reason;
import dev.waybill.relay.smtp.Dialogue;
import dev.waybill.relay.streams.Stream;
import dev.waybill.relay.suppression.Suppression;
import dev.waybill.relay.transcripts.Attempt;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// The document says what the code does: the same routes, fields and words.
class OpenApiTest {
  private static final Set<String> METHODS = Set.of("get", "post", "patch", "put", "delete");

  private final JsonNode document = read();

  @Test
  void hasEveryRouteAndNoOther() throws IOException {
    Set<String> served = new TreeSet<>();
    Pattern route = Pattern.compile("Route\\.(\\w+)\\(\\s*\"([^\"]+)\"");
    try (var files = Files.list(Path.of("src/main/java/dev/waybill/relay/admin"))) {
      for (Path file : files.toList()) {
        Matcher found = route.matcher(Files.readString(file));
        while (found.find()) {
          served.add(found.group(1) + " " + found.group(2));
        }
      }
    }
    Set<String> described = new TreeSet<>();
    document
        .get("paths")
        .properties()
        .forEach(path ->
            path.getValue().propertyNames().stream()
                .filter(METHODS::contains)
                .forEach(method -> described.add(method + " " + path.getKey())));
    assertThat(described).isEqualTo(served).hasSizeGreaterThan(15);
  }

  @Test
  void everyReferenceLeadsSomewhere() {
    List<String> references = document.findValuesAsString("$ref");
    assertThat(references).isNotEmpty();
    for (String reference : references) {
      assertThat(document.at(reference.substring(1)).isMissingNode()).as(reference).isFalse();
    }
  }

  @Test
  void schemasHaveTheFieldsOfTheirRecords() {
    Map<String, Class<?>> records =
        Map.ofEntries(
            Map.entry("Page", Page.class),
            Map.entry("DomainCreate", DomainsResource.Create.class),
            Map.entry("DomainUpdate", DomainsResource.Update.class),
            Map.entry("Domain", DomainView.class),
            Map.entry("DomainLogo", DomainView.LogoView.class),
            Map.entry("Record", DomainView.RecordView.class),
            Map.entry("DomainKey", DomainKeysResource.KeyView.class),
            Map.entry("DomainKeyRotate", DomainKeysResource.Rotate.class),
            Map.entry("DomainRotation", DomainKeysResource.RotationView.class),
            Map.entry("DomainChange", DomainKeysResource.ChangeView.class),
            Map.entry("DomainReference", DomainsResource.Reference.class),
            Map.entry("DoctorReport", DoctorResource.ReportView.class),
            Map.entry("DoctorCheck", DoctorResource.CheckView.class),
            Map.entry("DmarcSummary", DmarcResource.SummaryView.class),
            Map.entry("DmarcPolicy", DmarcResource.PolicyView.class),
            Map.entry("DmarcFigures", DmarcResource.FiguresView.class),
            Map.entry("DmarcSender", DmarcResource.SenderView.class),
            Map.entry("DmarcFailure", DmarcResource.FailureView.class),
            Map.entry("DmarcReporter", DmarcResource.ReporterView.class),
            Map.entry("DmarcAdvice", DmarcResource.AdviceView.class),
            Map.entry("DmarcReport", DmarcResource.ReportView.class),
            Map.entry("Deleted", DomainsResource.Deleted.class),
            Map.entry("ApiKeyCreate", ApiKeysResource.Create.class),
            Map.entry("ApiKeyCreated", ApiKeysResource.Created.class),
            Map.entry("ApiKey", ApiKeysResource.KeyView.class),
            Map.entry("SuppressionCreate", SuppressionsResource.Create.class),
            Map.entry("SuppressionBatchAdd", SuppressionsResource.BatchAdd.class),
            Map.entry("SuppressionBatchAdded", SuppressionsResource.BatchAdded.class),
            Map.entry("SuppressionBatchRemove", SuppressionsResource.BatchRemove.class),
            Map.entry("SuppressionBatchRemoved", SuppressionsResource.BatchRemoved.class),
            Map.entry("Suppression", SuppressionsResource.SuppressionView.class),
            Map.entry("Stream", StreamsResource.StreamView.class),
            Map.entry("StreamRelease", BreakersResource.Release.class),
            Map.entry("Breaker", BreakersResource.BreakerView.class),
            Map.entry("BreakerFigures", BreakersResource.FiguresView.class),
            Map.entry("StreamRetry", StreamsResource.RetryView.class),
            Map.entry("Source", SourcesResource.SourceView.class),
            Map.entry("SourceWarmUp", SourcesResource.WarmUpView.class),
            Map.entry("Queue", QueueResource.QueueView.class),
            Map.entry("Destination", QueueResource.DestinationView.class),
            Map.entry("QueueChangeRequest", QueueFilter.class),
            Map.entry("QueueChange", QueueOperationsResource.ChangeView.class),
            Map.entry("Delivery", QueueOperationsResource.DeliveryView.class),
            Map.entry("EmailSummary", EmailView.Summary.class),
            Map.entry("Email", EmailView.class),
            Map.entry("EmailRecipient", EmailView.RecipientView.class),
            Map.entry("EmailCancelled", EmailsResource.CancelledView.class),
            Map.entry("EmailTrace", TraceView.class),
            Map.entry("EmailTraceEnvelope", TraceView.EnvelopeView.class),
            Map.entry("EmailTraceDecision", TraceView.DecisionView.class),
            Map.entry("EmailTraceRecipient", TraceView.RecipientTrace.class),
            Map.entry("EmailAttempt", TraceView.AttemptView.class),
            Map.entry("EmailAttemptPart", TraceView.PartView.class),
            Map.entry("EmailAttemptLine", TraceView.LineView.class),
            Map.entry("EmailDiff", DiffView.class),
            Map.entry("EmailChange", DiffView.ChangeView.class),
            Map.entry("EmailChangeWithin", DiffView.WithinView.class),
            Map.entry("ByteRange", DiffView.RangeView.class),
            Map.entry("Event", EventsResource.EventView.class),
            Map.entry("Status", StatusResource.StatusView.class));
    records.forEach((name, type) ->
        assertThat(schema(name).get("properties").propertyNames())
            .as(name)
            .containsExactlyElementsOf(
                Arrays.stream(type.getRecordComponents())
                    .map(component -> snakeCase(component.getName()))
                    .toList()));
  }

  @Test
  void enumerationsHaveTheWordsOfTheCode() {
    assertThat(words(schema("EventType"))).isEqualTo(texts(EventType.values(), EventType::text));
    assertThat(words(schema("ChangeReason"))).isEqualTo(texts(Reason.values(), Reason::text));
    assertThat(words(field("Stream", "kind")))
        .isEqualTo(texts(Stream.Kind.values(), Stream.Kind::text));
    assertThat(words(field("Breaker", "state")))
        .isEqualTo(texts(BreakerState.values(), BreakerState::text));
    assertThat(words(field("Domain", "status")))
        .isEqualTo(texts(DomainStatus.values(), DomainStatus::text));
    assertThat(words(field("DomainChange", "status")))
        .isEqualTo(texts(DomainStatus.values(), DomainStatus::text));
    assertThat(words(field("DomainKey", "role")))
        .isEqualTo(texts(DomainKey.Role.values(), DomainKey.Role::text));
    assertThat(words(field("DomainRotation", "state")))
        .isEqualTo(texts(Rotation.Phase.values(), phase -> phase.name().toLowerCase(Locale.ROOT)));
    assertThat(words(field("Record", "status")))
        .isEqualTo(texts(DnsRecord.Status.values(), DnsRecord.Status::text));
    assertThat(words(field("DoctorCheck", "check"))).isEqualTo(texts(Check.values(), Check::text));
    assertThat(words(schema("DeliveryState")))
        .isEqualTo(texts(DeliveryState.values(), DeliveryState::text));
    assertThat(words(field("EmailAttemptPart", "part")))
        .isEqualTo(texts(Attempt.Kind.values(), Attempt.Kind::text));
    assertThat(words(field("EmailAttemptLine", "speaker")))
        .isEqualTo(texts(Dialogue.Speaker.values(), Dialogue.Speaker::text));
    assertThat(words(field("DmarcSender", "origin")))
        .isEqualTo(texts(Sender.Origin.values(), Sender.Origin::text));
    assertThat(words(field("DmarcAdvice", "verdict")))
        .isEqualTo(texts(Advice.Verdict.values(), Advice.Verdict::text));
    assertThat(words(schema("Verdict"))).isEqualTo(texts(Verdict.values(), Verdict::text));
    assertThat(words(schema("Origin")))
        .isEqualTo(texts(Suppression.Origin.values(), Suppression.Origin::text));
  }

  private JsonNode schema(String name) {
    return document.get("components").get("schemas").get(name);
  }

  private JsonNode field(String schema, String name) {
    return schema(schema).get("properties").get(name);
  }

  private static Set<String> words(JsonNode type) {
    Set<String> words = new TreeSet<>();
    type.get("enum").forEach(word -> words.add(word.asString()));
    return words;
  }

  private static <E> Set<String> texts(E[] values, Function<E, String> text) {
    Set<String> texts = new TreeSet<>();
    for (E value : values) {
      texts.add(text.apply(value));
    }
    return texts;
  }

  private static String snakeCase(String name) {
    return name.replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
  }

  private static JsonNode read() {
    try (InputStream in =
        Objects.requireNonNull(OpenApiResource.class.getResourceAsStream("openapi.yaml"))) {
      return new YAMLMapper().readTree(in);
    } catch (IOException failure) {
      throw new AssertionError(failure);
    }
  }
}
