package dev.waybill.relay.feedback;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.relay.events.Event;
import dev.waybill.relay.events.EventType;
import dev.waybill.relay.message.DomainName;
import dev.waybill.relay.report.BounceJudge;
import dev.waybill.relay.report.BounceSample;
import dev.waybill.relay.report.ReportReader;
import dev.waybill.relay.suppression.Suppression.Origin;
import dev.waybill.relay.testing.RecordingLedger;
import dev.waybill.relay.testing.RecordingLedger.Asked;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What each sample of `cases/bounces` does to the journal and the suppression list when it comes
/// to the return path of a delivery to ada@customer.test.
class EverySampleTest {
  private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");
  private static final ReportReader READER = ReportReader.load();
  private static final BounceJudge JUDGE = BounceJudge.load();

  private final RecordingLedger ledger = new RecordingLedger();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

  static List<BounceSample> samples() throws IOException {
    return BounceSample.all();
  }

  @ParameterizedTest
  @MethodSource("samples")
  void becomesItsEventAndItsSuppression(BounceSample sample) throws IOException {
    take(sample.bytes());

    assertThat(ledger.events()).extracting(Event::type).isEqualTo(events(sample));
    assertThat(ledger.suppressions()).extracting(Asked::origin).isEqualTo(origins(sample));
    onlyAboutTheRecipientOfTheToken();
    String octets = Integer.toString(sample.bytes().length);
    assertThat(ledger.events())
        .allSatisfy(event -> assertThat(event.facts()).containsEntry("report_octets", octets));
  }

  @ParameterizedTest
  @MethodSource("samples")
  void isAboutNobodyElseWhereverItIsCut(BounceSample sample) throws IOException {
    byte[] bytes = sample.bytes();
    for (int eighth = 1; eighth < 8; eighth++) {
      take(Arrays.copyOf(bytes, bytes.length * eighth / 8));
    }
    onlyAboutTheRecipientOfTheToken();
  }

  private void onlyAboutTheRecipientOfTheToken() {
    assertThat(ledger.events())
        .allSatisfy(event -> {
          assertThat(event.recipient()).isEqualTo("ada@customer.test");
          assertThat(event.delivery()).isEqualTo(RecordingLedger.DELIVERY);
        });
    assertThat(ledger.suppressions())
        .allSatisfy(asked -> {
          assertThat(asked.address()).isEqualTo("ada@customer.test");
          assertThat(asked.domain()).isEqualTo(RecordingLedger.DOMAIN.id());
          assertThat(asked.stream()).isNull();
        });
  }

  private void take(byte[] content) {
    FeedbackIntake intake =
        new FeedbackIntake(
            ledger.ledger().readToken(),
            new LateNews(ledger.ledger(), () -> NOW, meters, JUDGE),
            new Letterboxes(
                ledger.ledger(), Set.of(DomainName.of("relay.test")), () -> NOW, () -> 0),
            READER);
    assertThat(
            intake
                .message(
                    new Receiver.Arrival(
                        InetAddress.getLoopbackAddress(),
                        "client.test",
                        false,
                        "",
                        List.of("bounces+" + RecordingLedger.TOKEN + "@send.sandbox.example"),
                        content))
                .accepted())
        .isTrue();
  }

  private static List<EventType> events(BounceSample sample) {
    return switch (sample.kind()) {
      case "bounce" -> List.of(EventType.EMAIL_BOUNCED);
      case "complaint" -> List.of(EventType.EMAIL_COMPLAINED);
      default -> List.of();
    };
  }

  private static List<Origin> origins(BounceSample sample) {
    return switch (sample.kind()) {
      case "bounce" -> sample.permanence().equals("hard") ? List.of(Origin.BOUNCE) : List.of();
      case "complaint" -> List.of(Origin.COMPLAINT);
      default -> List.of();
    };
  }
}
