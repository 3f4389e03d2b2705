package dev.waybill.relay.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.relay.testing.World;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class UnsubscribesWithOneClickTest {
  private static final Pattern LINK = Pattern.compile("<(http[^>]+/u/[^>]+)>");

  private final World world = World.get();

  @Test
  void theNextMarketingMessageIsSuppressedAndTransactionalMailStillFlows() {
    String first = world.accepted(marketing("One"), "carol@leaving.example");
    String raw = world.raw(world.arrived("carol@leaving.example"));
    assertThat(raw).contains("\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n");
    String link = unsubscribeLink(raw);

    assertThat(world.get(link).statusCode()).isEqualTo(200);
    assertThat(world.told(first)).doesNotContain("email.unsubscribed");

    assertThat(world.post(link, "List-Unsubscribe=One-Click").statusCode()).isEqualTo(200);
    world.event(first, "email.unsubscribed");

    String second = world.accepted(marketing("Two"), "carol@leaving.example");
    assertThat(world.told(second)).containsExactly("email.suppressed");

    String receipt =
        world.accepted(
            "From: app@sandbox.example\r\nSubject: Receipt\r\n\r\nx\r\n", "carol@leaving.example");
    world.event(receipt, "email.delivered");
  }

  @Test
  void aForgedLinkIs404AndSuppressesNothing() {
    world.accepted(marketing("Forged"), "dave@staying.example");
    String link = unsubscribeLink(world.raw(world.arrived("dave@staying.example")));
    char last = link.charAt(link.length() - 1);
    String forged = link.substring(0, link.length() - 1) + (last == 'A' ? 'Q' : 'A');

    assertThat(world.post(forged, "List-Unsubscribe=One-Click").statusCode()).isEqualTo(404);
    String next = world.accepted(marketing("Still"), "dave@staying.example");
    world.event(next, "email.delivered");
  }

  private static String unsubscribeLink(String raw) {
    Matcher link = LINK.matcher(raw.replace("\r\n ", " ").replace("\r\n\t", " "));
    assertThat(link.find()).isTrue();
    return link.group(1).replaceAll("\\s", "");
  }

  private static String marketing(String subject) {
    return "From: news@sandbox.example\r\nSubject: "
        + subject
        + "\r\nX-Waybill-Stream: marketing\r\n\r\nHello\r\n";
  }
}
