package dev.waybill.relay.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.relay.clock.SystemClock;
import dev.waybill.relay.message.Splice;
import dev.waybill.relay.testing.World;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class ComparesACopyWithWhatWasSubmittedTest {
  private static final String MESSAGE =
      """
      From: app@sandbox.example
      To: %1$s
      Bcc: hidden@diff.example
      Subject: Compared
      X-Waybill-Tag: diff
      X-Waybill-Metadata-order: 17
      Content-Type: text/html; charset=utf-8

      <p>Hello <a href="https://shop.example/a">shop</a> __unsubscribe_url__</p></body>
      """
          .replace("\n", "\r\n");

  private final World world = World.get();

  @Test
  void namesEveryByteThatIsNotAsSubmittedInTheBytesThatArrived() {
    String to = "frank@diff.example";
    String id = world.accepted(MESSAGE.formatted(to), to);
    JsonNode letter = world.arrived(to);
    world.event(id, "email.delivered");
    JsonNode diff = world.admin("GET", "/emails/" + id + "/diff");

    assertThat(diff.get("exact").asBoolean()).isTrue();
    assertThat(diff.get("note").asString()).isEqualTo("It is the copy that was sent.");
    assertThat(diff.get("recipient").asString()).isEqualTo(to);
    assertThat(diff.get("changes").findValuesAsString("reason"))
        .containsSubsequence(
            "signature_added",
            "field_added",
            "bcc_removed",
            "control_field_removed",
            "link_counted",
            "placeholder_filled",
            "pixel_added");
    byte[] arrived = octets(world.raw(letter));
    byte[] submitted = octets(world.submitted(letter));
    assertThat(diff.get("sent_size").asInt()).isEqualTo(arrived.length);
    assertThat(replayed(submitted, diff.get("changes"), arrived)).isEqualTo(arrived);
    assertThat(world.get(world.inbox() + "messages/" + letter.get("id").asString()).body())
        .contains("with these changes, and no others, what was submitted is what arrived, all ")
        .contains("link counted");
  }

  @Test
  void saysSoWhenTheSettingsHaveChangedSince() {
    String to = "grace@diff.example";
    String id = world.accepted(MESSAGE.formatted(to), to);
    JsonNode letter = world.arrived(to);
    world.event(id, "email.delivered");
    world.admin("PATCH", "/domains/sandbox.example", "{\"open_tracking\":false}");
    try {
      JsonNode diff = world.admin("GET", "/emails/" + id + "/diff?rcpt=" + to);
      assertThat(diff.get("exact").asBoolean()).isFalse();
      assertThat(diff.get("note").asString()).contains("settings or the relay's own have changed");
      assertThat(world.get(world.inbox() + "messages/" + letter.get("id").asString()).body())
          .contains("What arrived is not the copy that the relay makes now");
    } finally {
      world.admin("PATCH", "/domains/sandbox.example", "{\"open_tracking\":true}");
    }
    assertThat(world.admin("GET", "/emails/" + id + "/diff").get("exact").asBoolean()).isTrue();
  }

  @Test
  void showsListsAndTakesBackAScheduledMessage() {
    String to = "heidi@diff.example";
    Instant tomorrow =
        SystemClock.instants().instant().plus(Duration.ofDays(1)).truncatedTo(ChronoUnit.SECONDS);
    String id =
        world.accepted("X-Waybill-Send-At: " + tomorrow + "\r\n" + MESSAGE.formatted(to), to);
    JsonNode diff = world.admin("GET", "/emails/" + id + "/diff");
    assertThat(diff.get("exact").asBoolean()).isFalse();
    assertThat(diff.get("note").asString()).contains("how it would be sent now");

    JsonNode email = world.admin("GET", "/emails/" + id);
    assertThat(email.get("object").asString()).isEqualTo("email");
    assertThat(email.get("tag").asString()).isEqualTo("diff");
    assertThat(email.at("/tags/0/name").asString()).isEqualTo("order");
    assertThat(email.get("scheduled_at").asString())
        .startsWith(tomorrow.toString().replace("Z", ""));
    assertThat(email.get("last_event").asString()).isEqualTo("scheduled");
    assertThat(email.at("/recipients/0/state").asString()).isEqualTo("scheduled");

    assertThat(world.admin("GET", "/emails?to=" + to).at("/data/0/id").asString()).isEqualTo(id);
    assertThat(world.admin("GET", "/emails?limit=1").get("has_more").asBoolean()).isTrue();

    JsonNode cancelled = world.admin("POST", "/emails/" + id + "/cancel");
    assertThat(cancelled.get("cancelled").asInt()).isEqualTo(1);
    assertThat(world.admin("POST", "/emails/" + id + "/cancel").get("statusCode").asInt())
        .isEqualTo(409);
    assertThat(world.told(id)).containsExactly("email.scheduled", "email.cancelled");
    assertThat(world.admin("GET", "/emails/" + id).at("/recipients/0/state").asString())
        .isEqualTo("cancelled");
  }

  @Test
  void refusesWhatIsNotThere() {
    String to = "ivan@diff.example";
    String id = world.accepted(MESSAGE.formatted(to), to);
    String stranger = "/emails/" + UUID.randomUUID();
    for (String path :
        List.of(stranger, stranger + "/submitted", stranger + "/diff", "/emails/x")) {
      assertThat(world.admin("GET", path).get("statusCode").asInt()).as(path).isEqualTo(404);
    }
    assertThat(world.admin("GET", "/emails/" + id + "/diff?rcpt=judy@diff.example").toString())
        .contains("404", "has no recipient judy@diff.example");
    assertThat(world.admin("GET", "/emails?to=nobody").toString()).contains("422", "nobody");
  }

  private static byte[] replayed(byte[] submitted, JsonNode changes, byte[] arrived) {
    List<Splice.Edit> edits = new ArrayList<>();
    for (JsonNode change : changes) {
      edits.add(
          new Splice.Edit(
              change.at("/submitted/from").asInt(),
              change.at("/submitted/to").asInt(),
              Arrays.copyOfRange(
                  arrived, change.at("/sent/from").asInt(), change.at("/sent/to").asInt())));
    }
    return Splice.apply(submitted, edits);
  }

  /// The world's texts have one character for each octet.
  private static byte[] octets(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}
