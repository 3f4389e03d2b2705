package dev.waybill.relay.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.relay.testing.World;
import org.junit.jupiter.api.Test;

class RefusesAnUnverifiedFromTest {
  private final World world = World.get();

  @Test
  void namesTheDomainAndStoresNothing() {
    String before = world.admin("GET", "/events?order=desc&limit=1").toString();

    String reply =
        world.submit(
            "app@sandbox.example",
            "From: Mallory <m@stranger.example>\r\nSubject: x\r\n\r\nx\r\n",
            "nobody@refused.example");

    assertThat(reply)
        .isEqualTo(
            "550 5.7.1 The From domain stranger.example is not verified; run: waybillctl domains"
                + " records stranger.example");
    assertThat(world.admin("GET", "/events?order=desc&limit=1").toString()).isEqualTo(before);
    assertThat(world.find("nobody@refused.example")).isEmpty();
  }

  @Test
  void coversSubdomainsOfAVerifiedDomain() {
    world.accepted(
        "From: app@deep.sub.sandbox.example\r\nSubject: x\r\n\r\nx\r\n", "sub@covered.example");

    assertThat(world.arrived("sub@covered.example").at("/verdicts/dmarc").asString())
        .isEqualTo("pass");
  }

  @Test
  void doesNotTakeALookAlikeForASubdomain() {
    assertThat(
            world.submit(
                "app@sandbox.example",
                "From: app@notsandbox.example\r\n\r\nx\r\n",
                "nobody@refused.example"))
        .startsWith("550 5.7.1 The From domain notsandbox.example is not verified");
  }
}
