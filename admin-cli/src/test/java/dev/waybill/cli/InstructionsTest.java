package dev.waybill.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.cli.Shell.Ran;
import dev.waybill.cli.output.Json;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class InstructionsTest extends CommandTest {
  @BeforeEach
  void answer() {
    relay
        .on("GET /domains/example.com", 200, FakeRelay.file("domain"))
        .on("GET /domains/done.example", 200, FakeRelay.file("domain-verified"))
        .on("GET /status", 200, FakeRelay.file("status"));
  }

  @Test
  void theTextIsAsAlways() {
    Ran ran =
        shell.run("domains", "instructions", "example.com", "--note", "Hi Ann,\n\nthanks, Bob");

    assertThat(ran.code()).isZero();
    assertThat(ran.err()).isEmpty();
    assertThat(ran.out()).isEqualTo(FakeRelay.resource("handout/example.com.txt"));
  }

  @Test
  void thePageIsAsAlways() {
    assertThat(shell.run("domains", "instructions", "example.com", "--format", "html").out())
        .isEqualTo(FakeRelay.resource("handout/example.com.html"));
  }

  @Test
  void thePageRunsAndLoadsNothingAndEscapesEverything() {
    String evil = "<script>alert(1)</script>\\\"'&";
    relay.on(
        "GET /domains/evil.example",
        200,
        FakeRelay.file("domain").replace("not published yet", evil).replace("ip4:", "<b>&\\\"'"));

    String html =
        shell
            .run(
                "domains",
                "instructions",
                "evil.example",
                "--format=html",
                "--note=</style><img src=x onerror=alert(1)> ${x}")
            .out();

    assertThat(html)
        .startsWith("<!DOCTYPE html>\n<html lang=\"en\">")
        .contains("&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;")
        .contains("&lt;/style&gt;&lt;img src=x onerror=alert(1)&gt; ${x}")
        .contains("v=spf1 &lt;b&gt;&amp;&quot;&#39;192.0.2.25")
        .contains("scope=\"row\"", "scope=\"col\"", "<caption>", "prefers-color-scheme: dark")
        .doesNotContain("<script", "<img", "<link", "url(", "@import", "http:", "https:");
  }

  @Test
  void whatIsThereAlreadyIsNotAskedFor() {
    Ran done = shell.run("domains", "instructions", "done.example");

    assertThat(done.out())
        .contains("is nothing to do")
        .contains("Already right, please leave as they are")
        .doesNotContain("v=DKIM1", "goes wrong");
    assertThat(shell.run("domains", "instructions", "done.example", "--format=html").out())
        .contains("There is nothing to do")
        .doesNotContain("v=DKIM1", "goes wrong");
  }

  @Test
  void jsonHoldsBothShapes() {
    Ran ran = shell.run("domains", "instructions", "example.com", "-o", "json");

    JsonNode both = Json.parse(ran.out().getBytes(StandardCharsets.UTF_8));
    assertThat(both.propertyNames()).containsExactly("domain", "subject", "text", "html");
    assertThat(both.path("subject").asString())
        .isEqualTo("DNS records for example.com: please publish 4 records");
    assertThat(both.path("text").asString()).startsWith("DNS records for example.com\n");
  }

  @Test
  void withoutAVerifiedDomainNobodyCanSend() {
    relay.on("GET /domains?limit=100", 200, "{\"object\":\"list\",\"has_more\":false,\"data\":[]}");

    Ran ran = shell.run("domains", "instructions", "example.com", "--send-to", "dns@example.org");

    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.out()).isEmpty();
    assertThat(ran.err())
        .isEqualTo(
            "waybillctl: there is no verified domain to send from yet\nSend them in your own mail:"
                + " waybillctl domains instructions example.com > example.com.txt\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--from a@b.example",
        "--smtp h:25",
        "--format html --send-to a@b.example",
        "--format html -o json",
        "--format pdf"
      })
  void contradictionsAreUsageAndSendNothing(String options) {
    Ran ran = shell.run(("domains instructions example.com " + options).split(" "));

    assertThat(ran.code()).as(ran.err()).isEqualTo(2);
    assertThat(relay.lines()).isEmpty();
  }

  @Test
  void aNoteIsBounded() {
    assertThat(note("x".repeat(4001)).err()).contains("--note: 4001 characters (expected: at most");
    assertThat(note("a\u001b[31mb").code()).isEqualTo(2);
    assertThat(note("x".repeat(4000)).code()).isZero();
    assertThat(shell.run("domains", "instructions", "unknown.example").code()).isEqualTo(5);
  }

  private Ran note(String text) {
    return shell.run("domains", "instructions", "example.com", "--note", text);
  }
}
