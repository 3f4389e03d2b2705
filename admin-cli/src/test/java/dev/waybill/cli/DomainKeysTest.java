package dev.waybill.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.cli.Shell.Ran;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DomainKeysTest extends CommandTest {
  private static final String ROTATE = "/domains/example.com/keys/rotate";
  private static final String KEYS = "GET /domains/example.com/keys";
  private static final String WAITING =
      rotation("waiting", "wb1", "wb2", "There is no TXT record at wb2._domainkey.example.com.");

  @BeforeEach
  void answer() {
    relay.on("GET /domains/example.com", 200, FakeRelay.file("domain"));
  }

  @Test
  void keysTellWhichOneSignsAndWhenARecordMayGo() {
    relay.on(KEYS, 200, FakeRelay.file("keys"));

    assertThat(shell.run("domains", "keys", "example.com").out())
        .isEqualTo(
            """
            SELECTOR  ALGORITHM  BITS  ROLE      SINCE                 RECORD MAY GO
            wb2       rsa        2048  active    2026-11-21T10:00:00Z  -
            wb3       rsa        2048  standby   2026-11-21T10:00:00Z  -
            wb1       rsa        2048  retiring  2026-11-21T10:00:00Z  2026-11-28T10:00:00Z
            wbe1      ed25519    256   retired   2026-10-01T10:00:00Z  2026-10-08T10:00:00Z
            """);
    assertThat(shell.run("domains", "keys", "example.com", "-o", "csv").out())
        .startsWith("selector,algorithm,bits,role,since,removable_at,fqdn,published\r\n")
        .contains(",wb1._domainkey.example.com,v=DKIM1; k=rsa; p=MIIB1\r\n");
    assertThat(shell.run("domains", "keys", "example.com", "-o", "json").out())
        .contains("\"removable_at\" : \"2026-11-28T10:00:00Z\"");
    assertThat(shell.run("domains", "keys", "unknown.example").code()).isEqualTo(5);
  }

  @Test
  void aKeyThatWasSeenSignsAtOnceAndTheOldRecordStays() {
    relay.on("POST " + ROTATE, 200, rotation("switched", "wb1", "wb2", ""));
    relay.on(KEYS, 200, FakeRelay.file("keys"));

    Ran ran = shell.run("domains", "rotate-key", "example.com");

    assertThat(ran.code()).isZero();
    assertThat(relay.lines().getFirst()).isEqualTo("POST " + ROTATE);
    assertThat(ran.out()).startsWith("SELECTOR").contains("wb2       rsa        2048  active");
    assertThat(ran.err())
        .isEqualTo(
            """
            Switched: the mail of example.com is signed with wb2 from now on.
            wb3 is the next key. Publish its record now, and the next change needs no waiting:
              waybillctl domains records example.com --missing
            Leave wb1._domainkey.example.com in the DNS until 2026-11-28T10:00:00Z: mail that is under way is checked with it.
            """);
  }

  @Test
  void aKeyThatWasNotSeenShowsItsRecordAndWhatHappensNext() {
    relay.on("POST " + ROTATE, 200, WAITING);

    Ran ran = shell.run("domains", "rotate-key", "example.com");

    assertThat(ran.code()).isZero();
    assertThat(relay.last().line()).isEqualTo("GET /domains/example.com");
    assertThat(ran.out())
        .startsWith("1. TXT record for DKIM, recommended\n")
        .contains("Name          wb2._domainkey\n")
        .contains("\nv=DKIM1; k=rsa; p=MIIB")
        .doesNotContain("wb1._domainkey");
    assertThat(ran.err())
        .startsWith(
            "Not switched yet: wb2 is not in the DNS, so wb1 goes on signing the mail of"
                + " example.com.\nThere is no TXT record at wb2._domainkey.example.com.\n")
        .contains("the relay looks for it and switches by itself")
        .contains("waybillctl domains rotate-key example.com --cancel");
  }

  @Test
  void aKeyThatTheDomainDoesNotListYetIsShownFromItself() {
    relay.on("POST " + ROTATE, 200, rotation("waiting", "wb1", "wb3", ""));
    relay.on(KEYS, 200, FakeRelay.file("keys"));

    assertThat(shell.run("domains", "rotate-key", "example.com").out())
        .contains("Full name     wb3._domainkey.example.com\n")
        .contains("Value         v=DKIM1; k=rsa; p=MIIB3\n");
  }

  @Test
  void sendsOnlyWhatWasWished() throws IOException {
    Path pem = Files.writeString(home.resolve("k.pem"), "-----BEGIN PRIVATE KEY-----\nAA==\n");
    relay.on("POST " + ROTATE, 200, WAITING);

    assertThat(body()).isEqualTo("{}");
    assertThat(body("--ed25519")).isEqualTo("{\"algorithm\":\"ed25519\"}");
    assertThat(body("--rsa-bits", "3072")).isEqualTo("{\"algorithm\":\"rsa\",\"rsa_bits\":3072}");
    assertThat(body("--key", pem.toString(), "--selector", "s2"))
        .isEqualTo(
            "{\"private_key\":\"-----BEGIN PRIVATE KEY-----\\nAA==\\n\",\"selector\":\"s2\"}");
  }

  private String body(String... wishes) {
    String[] words = new String[wishes.length + 5];
    System.arraycopy(
        new String[] {"domains", "rotate-key", "example.com", "-o", "json"}, 0, words, 0, 5);
    System.arraycopy(wishes, 0, words, 5, wishes.length);
    Ran ran = shell.run(words);
    assertThat(ran.code()).as(ran.err()).isZero();
    assertThat(ran.out()).contains("\"state\" : \"waiting\"");
    return relay.last().body();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--key k.pem",
        "--rsa-bits 1024",
        "--ed25519 --rsa-bits 2048",
        "--status --cancel",
        "--status --ed25519",
        "--cancel --wait",
        "--key absent.pem --selector s2"
      })
  void contradictionsAreUsageAndSendNothing(String options) {
    Ran ran = shell.run(("domains rotate-key example.com " + options).split(" "));

    assertThat(ran.code()).as(ran.err()).isEqualTo(2);
    assertThat(relay.lines()).isEmpty();
  }

  @Test
  void waitsUntilTheNextKeySigns() {
    relay
        .on("POST " + ROTATE, 200, WAITING)
        .on("POST /domains/example.com/verify", 200, "{\"object\":\"domain\",\"id\":\"d1\"}")
        .on("GET " + ROTATE, 200, WAITING)
        .on("GET " + ROTATE, 200, rotation("none", "wb2", "", ""))
        .on(KEYS, 200, FakeRelay.file("keys"));

    Ran ran = shell.run("domains", "rotate-key", "example.com", "--wait", "--interval", "5ms");

    assertThat(ran.code()).as(ran.err()).isZero();
    assertThat(ran.err())
        .contains("Waiting for wb2, at most 10m.")
        .contains("Switched: the mail of example.com is signed with wb2 from now on.");
    assertThat(relay.lines()).containsOnlyOnce("POST /domains/example.com/verify");
  }

  @Test
  void endsWithSixWhenTheRecordDoesNotCome() {
    relay
        .on("POST " + ROTATE, 200, WAITING)
        .on("POST /domains/example.com/verify", 200, "{\"object\":\"domain\",\"id\":\"d1\"}")
        .on("GET " + ROTATE, 200, WAITING);

    Ran ran =
        shell
            .sized(80, 24)
            .runOnTerminal(
                "domains",
                "rotate-key",
                "example.com",
                "--wait",
                "--timeout=30ms",
                "--interval=5ms",
                "-ojson");

    assertThat(ran.code()).isEqualTo(6);
    assertThat(ran.out()).contains("\"state\" : \"waiting\"");
    assertThat(ran.err())
        .endsWith(
            "waybillctl: wb2 does not sign after 30ms: There is no TXT record at\n"
                + "wb2._domainkey.example.com.\nThe relay goes on looking and switches by itself."
                + " See: waybillctl domains rotate-key example.com --status\n");
  }

  @Test
  void aChangeThatSomebodyGaveUpMeanwhileIsNoSuccess() {
    relay
        .on("POST " + ROTATE, 200, rotation("waiting", "wb2", "wb3", ""))
        .on("POST /domains/example.com/verify", 200, "{\"object\":\"domain\",\"id\":\"d1\"}")
        .on("GET " + ROTATE, 200, rotation("none", "wb2", "", "Nothing is waiting."))
        .on(KEYS, 200, FakeRelay.file("keys"));

    assertThat(shell.run("domains", "rotate-key", "example.com", "--wait", "-ocsv").code())
        .isEqualTo(6);
  }

  @Test
  void tellsHowFarItIsAndGivesUp() {
    relay
        .on("GET " + ROTATE, 200, rotation("none", "wb2", "", ""))
        .on("DELETE " + ROTATE, 200, rotation("none", "wb2", "", ""))
        .on(KEYS, 200, FakeRelay.file("keys"));

    assertThat(shell.run("domains", "rotate-key", "example.com", "--status").err())
        .startsWith("No change of key is under way; the mail of example.com is signed with wb2.\n");
    assertThat(shell.run("domains", "rotate-key", "example.com", "--cancel"))
        .isEqualTo(
            new Ran(0, "", "Gave up the change of key of example.com; wb2 goes on signing.\n"));
    assertThat(shell.run("domains", "rotate-key", "other.example", "--cancel").code()).isEqualTo(5);
  }

  private static String rotation(String state, String active, String next, String explanation) {
    return ("{\"object\":\"domain_rotation\",\"id\":\"d1\",\"domain\":\"example.com\",\"state\":\"%s\","
            + "\"active\":\"%s\",\"next\":\"%s\",\"explanation\":\"%s\"}")
        .formatted(state, active, next, explanation);
  }
}
