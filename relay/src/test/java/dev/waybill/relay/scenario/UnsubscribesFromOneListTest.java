package dev.waybill.relay.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.relay.testing.World;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class UnsubscribesFromOneListTest {
  private static final Pattern LINK = Pattern.compile("<(http[^>]+/u/[^>]+)>");

  private final World world = World.get();

  @Test
  void otherListsStillArriveUntilOneUnsubscribesFromAllOfThem() {
    String link = unsubscribeLink("weekly-news", "erin@choosing.example");
    assertThat(world.get(link).body()).contains("Weekly news");
    assertThat(world.post(link, "List-Unsubscribe=One-Click").statusCode()).isEqualTo(200);

    assertThat(told("weekly-news")).containsExactly("email.suppressed");
    String other = world.accepted(mail("marketing"), "erin@choosing.example");
    world.event(other, "email.delivered");

    String fromAll = unsubscribeLink("marketing", "erin@choosing.example");
    assertThat(world.get(fromAll).body()).doesNotContain("Weekly news");
    assertThat(world.post(fromAll, "List-Unsubscribe=One-Click").statusCode()).isEqualTo(200);
    assertThat(told("marketing")).containsExactly("email.suppressed");
    String receipt = world.accepted(mail("transactional"), "erin@choosing.example");
    world.event(receipt, "email.delivered");
  }

  private List<String> told(String stream) {
    return world.told(world.accepted(mail(stream), "erin@choosing.example"));
  }

  private String unsubscribeLink(String stream, String recipient) {
    String id = world.accepted(mail(stream), recipient);
    world.event(id, "email.delivered");
    String raw = world.raw(world.arrived(recipient));
    assertThat(raw).contains(":" + stream + ":sandbox.example:waybill");
    Matcher link = LINK.matcher(raw.replace("\r\n ", " ").replace("\r\n\t", " "));
    assertThat(link.find()).isTrue();
    return link.group(1).replaceAll("\\s", "");
  }

  private static String mail(String stream) {
    return "From: news@sandbox.example\r\nSubject: x\r\nX-Waybill-Stream: "
        + stream
        + "\r\n\r\nHello\r\n";
  }
}
