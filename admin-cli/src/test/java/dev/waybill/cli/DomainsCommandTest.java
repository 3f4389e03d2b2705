package dev.waybill.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.cli.Shell.Ran;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class DomainsCommandTest extends CommandTest {
  private static final String DONE = "{\"object\":\"domain\",\"id\":\"d1\"}";

  @Test
  void addSendsOnlyWhatWasGivenAndShowsTheRecords() {
    relay.on("POST /domains", 201, FakeRelay.file("domain"));

    Ran ran = shell.run("domains", "add", "example.com");

    assertThat(ran.code()).isZero();
    assertThat(relay.last().body()).isEqualTo("{\"name\":\"example.com\"}");
    assertThat(relay.last().contentType()).isEqualTo("application/json");
    assertThat(relay.last().agent()).isEqualTo("waybillctl/0.1.0");
    assertThat(ran.out())
        .isEqualTo(FakeRelay.resource("records/table.txt"))
        .contains("\nv=DKIM1; k=rsa; p=MII");
    assertThat(ran.err())
        .isEqualTo(
            """
            Added example.com. Publish these DNS records:
            Then run: waybillctl domains verify example.com --wait
            Other formats: waybillctl domains records example.com --format bind
            Somebody else runs the DNS? waybillctl domains instructions example.com
            """);
  }

  @Test
  void addSendsEverySetting() throws IOException {
    relay.on("POST /domains", 201, FakeRelay.file("domain"));
    Path key = Files.writeString(home.resolve("key.pem"), "-----BEGIN PRIVATE KEY-----\nAA==\n");

    Ran ran =
        shell.run(
            "domains",
            "add",
            "example.com",
            "--return-path=bounce",
            "--open-tracking",
            "--click-tracking",
            "--tracking-subdomain=links",
            "--tls=enforced",
            "--rsa-bits=3072",
            "--ed25519",
            "--dkim-key=" + key,
            "--dkim-selector=s1",
            "-o",
            "json");

    assertThat(ran.code()).isZero();
    assertThat(relay.last().body())
        .isEqualTo(
            "{\"name\":\"example.com\",\"custom_return_path\":\"bounce\",\"open_tracking\":true,"
                + "\"click_tracking\":true,\"tracking_subdomain\":\"links\",\"tls\":\"enforced\","
                + "\"dkim_ed25519\":true,\"dkim_rsa_bits\":3072,"
                + "\"dkim_private_key\":\"-----BEGIN PRIVATE KEY-----\\nAA==\\n\","
                + "\"dkim_selector\":\"s1\"}");
    assertThat(ran.out()).startsWith("{\n  \"object\" : \"domain\",\n");
  }

  @Test
  void addRefusesAHalfOrWrongDkimKeyBeforeAnythingIsSent() throws IOException {
    Path key = Files.writeString(home.resolve("key.pem"), "-----BEGIN PUBLIC KEY-----\n");

    Ran half = shell.run("domains", "add", "example.com", "--dkim-key", key.toString());
    Ran wrong =
        shell.run("domains", "add", "e.com", "--dkim-key", key.toString(), "--dkim-selector", "s");
    Ran absent = shell.run("domains", "add", "e.com", "--dkim-key", "no", "--dkim-selector", "s");

    assertThat(half.code()).isEqualTo(2);
    assertThat(half.err()).contains("--dkim-key and --dkim-selector are needed together");
    assertThat(wrong.code()).isEqualTo(2);
    assertThat(wrong.err()).contains("expected: a private key in PEM");
    assertThat(absent.err()).contains("--dkim-key: there is no file no");
    assertThat(shell.run("domains", "add", "e.com", "--rsa-bits", "1024").err())
        .startsWith("waybillctl: --rsa-bits: 1024 (expected: 2048, 3072 or 4096)\n");
    assertThat(relay.lines()).isEmpty();
  }

  @Test
  void anExistingDomainIsRefusedWithTheRelaysWords() {
    relay.on(
        "POST /domains",
        409,
        FakeRelay.error(409, "validation_error", "The domain example.com exists already"));

    Ran ran = shell.run("domains", "add", "example.com");

    assertThat(ran.code()).isEqualTo(3);
    assertThat(ran.out()).isEmpty();
    assertThat(ran.err())
        .isEqualTo(
            "waybillctl: the relay refused POST /domains: The domain example.com exists already"
                + " (409 validation_error)\n");
  }

  @Test
  void listAlignsColumns() {
    relay.on("GET /domains?limit=100", 200, FakeRelay.file("domains"));

    Ran ran = shell.run("domains", "list");

    assertThat(ran.code()).isZero();
    assertThat(ran.out())
        .isEqualTo(
            """
            NAME           STATUS    OPENS  CLICKS  TRACKING  TLS            RETURN PATH  CREATED               ID
            example.com    verified  no     yes     links     opportunistic  send         2026-11-21T10:00:00Z  0199f3a2-6c1e-7c44-9a55-2f0f3b5d8e11
            other.example  failed    no     yes     -         opportunistic  send         2026-11-21T10:00:00Z  0199f3a2-0000-7000-8000-000000000002
            """);
    assertThat(ran.err()).isEmpty();
  }

  @Test
  void anEmptyListSaysWhatToDo() {
    relay.on("GET /domains?limit=100", 200, "{\"object\":\"list\",\"has_more\":false,\"data\":[]}");

    Ran ran = shell.run("domains", "list", "--output", "csv");

    assertThat(ran.out())
        .isEqualTo(
            "name,status,open_tracking,click_tracking,tracking_subdomain,tls,custom_return_path,"
                + "created_at,id\r\n");
    assertThat(ran.err()).isEqualTo("No domains yet. Add one with: waybillctl domains add NAME\n");
  }

  @Test
  void showTellsHowFarEachRecordIs() {
    relay.on("GET /domains/example.com", 200, FakeRelay.file("domain"));

    Ran ran = shell.with("COLUMNS", "120").runOnTerminal("domains", "show", "example.com");

    assertThat(ran.code()).isZero();
    assertThat(ran.out())
        .contains("STATUS        \033[33mpending\033[0m\n")
        .contains("\033[31mfailed\033[0m")
        .doesNotContain("v=DKIM1");
    assertThat(ran.out().lines().map(line -> line.replaceAll("\033\\[\\d+m", "").length()))
        .allMatch(length -> length <= 120);
  }

  @Test
  void removedDomainsAreListedOnlyWhenAskedFor() {
    String gone =
        FakeRelay.file("domains")
            .replace(
                "\"name\": \"other.example\"",
                "\"deleted_at\": \"2026-11-21T11:00:00.5Z\", \"name\": \"other.example\"");
    relay.on("GET /domains?deleted=true&limit=100", 200, gone);

    assertThat(shell.run("domains", "list", "--deleted").out())
        .contains("\nother.example (deleted)  failed ", "\nexample.com              verified ");
    assertThat(shell.run("domains", "list", "--deleted", "-o", "csv").out())
        .contains(",created_at,id,deleted_at\r\n", "\r\nother.example,failed,")
        .endsWith(",2026-11-21T11:00:00.5Z\r\n");
    assertThat(shell.run("domains", "list", "--deleted", "-o", "json").out())
        .contains("\"name\" : \"other.example\"");
  }

  @Test
  void aRemovedDomainIsShownById() {
    relay.on(
        "GET /domains/d2?deleted=true",
        200,
        "{\"object\":\"domain\",\"id\":\"d2\",\"name\":\"gone.example\",\"status\":\"disabled\","
            + "\"deleted_at\":\"2026-11-21T11:00:00.5Z\",\"records\":[]}");

    assertThat(shell.run("domains", "show", "d2", "--deleted").out())
        .startsWith("NAME          gone.example (deleted)\n")
        .contains("DELETED       2026-11-21T11:00:00Z\n")
        .doesNotContain("RECORD ");
  }

  @Test
  void keysAndHistoryOfARemovedDomainAreFoundById() {
    String empty = "{\"object\":\"list\",\"has_more\":false,\"data\":[]}";
    relay.on("GET /domains/d2/keys?deleted=true", 200, empty);
    relay.on("GET /domains/d2/history?deleted=true&limit=50", 200, empty);

    assertThat(shell.run("domains", "keys", "d2", "--deleted").code()).isZero();
    assertThat(shell.run("domains", "history", "d2", "--deleted").code()).isZero();
    assertThat(shell.run("domains", "keys", "d2").code()).isEqualTo(5);
  }

  @Test
  void historyTellsEachChangeAndItsReason() {
    String line = "GET /domains/example.com/history?limit=";
    String change =
        "{\"object\":\"list\",\"has_more\":%s,\"data\":[{\"id\":\"%s\",\"at\":\"2026-11-21T10:00:00.12Z\","
            + "\"status\":\"verified\",\"previous_status\":%s,\"reason\":\"Every required record is there.\"}]}";
    relay
        .on(line + "50", 200, change.formatted("true", "h2", "\"pending\""))
        .on(line + "49&after=h2", 200, change.formatted("false", "h1", "null"))
        .on(line + "1", 200, change.formatted("true", "h2", "\"pending\""));

    assertThat(shell.run("domains", "history", "example.com").out())
        .isEqualTo(
            """
            TIME                  STATUS    BEFORE   REASON
            2026-11-21T10:00:00Z  verified  pending  Every required record is there.
            2026-11-21T10:00:00Z  verified  -        Every required record is there.
            """);
    Ran first = shell.run("domains", "history", "example.com", "--limit", "1", "-o", "json");
    assertThat(first.out()).contains("\"has_more\" : true").contains("\"id\" : \"h2\"");
    assertThat(first.err()).contains("There are more");
    assertThat(shell.run("domains", "history", "example.com", "--limit", "0").code()).isEqualTo(2);
    assertThat(shell.run("domains", "history", "unknown.example").code()).isEqualTo(5);
  }

  @Test
  void onANarrowTerminalProseGoesBelowItsRow() {
    relay.on("GET /domains/example.com", 200, FakeRelay.file("domain"));

    Ran ran =
        shell
            .with("COLUMNS", "80")
            .with("NO_COLOR", "1")
            .runOnTerminal("domains", "show", "example.com");

    assertThat(ran.out())
        .contains(
            """
            SPF       TXT    send.example.com            yes       failed
                found at send.example.com.example.com: the name was entered with the domain,
                which the DNS host adds by itself
            """);
    assertThat(ran.out().lines()).allMatch(text -> text.length() <= 80);
  }

  @Test
  void updateSendsOnlyChangesAndCanClear() {
    relay.on("PATCH /domains/example.com", 200, DONE);

    Ran on = shell.run("domains", "update", "example.com", "--open-tracking");
    assertThat(relay.last().body()).isEqualTo("{\"open_tracking\":true}");
    Ran off =
        shell.run(
            "domains", "update", "example.com", "--no-open-tracking", "--no-tracking-subdomain");
    assertThat(relay.last().body())
        .isEqualTo("{\"open_tracking\":false,\"tracking_subdomain\":\"\"}");
    Ran rest =
        shell.run(
            "domains",
            "update",
            "example.com",
            "--click-tracking",
            "--tracking-subdomain=l",
            "--tls=opportunistic",
            "-o=csv");
    assertThat(relay.last().body())
        .isEqualTo(
            "{\"click_tracking\":true,\"tracking_subdomain\":\"l\",\"tls\":\"opportunistic\"}");

    assertThat(shell.run("domains", "update", "example.com", "--ed25519").err())
        .contains("waybillctl domains records example.com --missing");
    assertThat(relay.last().body()).isEqualTo("{\"dkim_ed25519\":true}");
    shell.run("domains", "update", "example.com", "--no-ed25519");
    assertThat(relay.last().body()).isEqualTo("{\"dkim_ed25519\":false}");
    assertThat(on).isEqualTo(new Ran(0, "", "Updated example.com.\n"));
    assertThat(off.code()).isZero();
    assertThat(rest.out()).isEqualTo("id\r\nd1\r\n");
  }

  @Test
  void sendsWhatRecipientsSeeAndTakesItAway() throws IOException {
    relay.on("PATCH /domains/example.com", 200, DONE);
    Path logo = Files.write(home.resolve("logo.png"), new byte[] {1, 2, 3});

    shell.run(
        "domains",
        "update",
        "example.com",
        "--display-name=Müller",
        "--unsubscribe-footer=Bye: __unsubscribe_url__",
        "--logo=" + logo);
    assertThat(relay.last().body())
        .isEqualTo(
            "{\"display_name\":\"Müller\",\"unsubscribe_footer\":\"Bye: __unsubscribe_url__\","
                + "\"logo\":\"data:application/octet-stream;base64,AQID\"}");
    shell.run(
        "domains",
        "update",
        "example.com",
        "--display-name=",
        "--unsubscribe-footer",
        "",
        "--no-logo");
    assertThat(relay.last().body())
        .isEqualTo("{\"display_name\":\"\",\"unsubscribe_footer\":\"\",\"logo\":\"\"}");
    int sent = relay.lines().size();

    Ran both = shell.run("domains", "update", "e.com", "--logo=" + logo, "--no-logo");
    assertThat(both.code()).isEqualTo(2);
    assertThat(both.err()).contains("--logo and --no-logo exclude each other");
    assertThat(shell.run("domains", "update", "e.com", "--logo=no.png").err())
        .startsWith("waybillctl: --logo: there is no file no.png");
    Path large = Files.write(home.resolve("large.png"), new byte[65_537]);
    assertThat(shell.run("domains", "add", "e.com", "--logo=" + large).err())
        .contains("large.png (expected: a picture of at most 64 KiB)");
    assertThat(relay.lines()).hasSize(sent);
  }

  @Test
  void showTellsWhatRecipientsSee() {
    relay.on(
        "GET /domains/example.com",
        200,
        "{\"name\":\"example.com\",\"display_name\":\"Müller\",\"unsubscribe_footer\":\"a\\nb\","
            + "\"logo\":{\"type\":\"image/png\",\"size\":321,\"width\":120,\"height\":40},"
            + "\"records\":[]}");

    assertThat(shell.run("domains", "show", "example.com").out())
        .contains("DISPLAY NAME  Müller\n")
        .contains("FOOTER        a\\u000ab\n")
        .contains("LOGO          image/png\nLOGO WIDTH    120\nLOGO HEIGHT   40\n")
        .contains("LOGO SIZE     321\n");
    assertThat(shell.run("domains", "show", "example.com", "-o", "csv").out())
        .contains(
            ",display_name,unsubscribe_footer,logo_type,logo_width,logo_height,logo_size\r\n");
  }

  @Test
  void updateRefusesNothingAndContradictions() {
    assertThat(shell.run("domains", "update", "example.com").err())
        .startsWith("waybillctl: nothing to change on example.com\n");
    Ran both =
        shell.run(
            "domains", "update", "e.com", "--tracking-subdomain=l", "--no-tracking-subdomain");
    assertThat(both.code()).isEqualTo(2);
    assertThat(both.err()).contains("exclude each other");
    assertThat(relay.lines()).isEmpty();
  }

  @Test
  void removeAsksOnATerminalAndNeedsYesElsewhere() {
    relay.on(
        "DELETE /domains/example.com",
        200,
        "{\"object\":\"domain\",\"id\":\"d1\",\"deleted\":true}");

    Ran nobody = shell.run("domains", "remove", "example.com");
    Ran no = shell.typing("n\n", "").runOnTerminal("domains", "remove", "example.com");
    assertThat(relay.lines()).isEmpty();
    Ran yes = shell.typing("yes\n", "").runOnTerminal("domains", "remove", "example.com");
    Ran forced = shell.run("domains", "remove", "example.com", "--yes", "--output=json");

    assertThat(nobody.code()).isEqualTo(2);
    assertThat(nobody.err()).contains("Give --yes to go ahead.");
    assertThat(no.code()).isEqualTo(1);
    assertThat(no.err()).contains("Remove example.com and refuse mail from it? [y/N] ");
    assertThat(yes.code()).isZero();
    assertThat(forced.out()).contains("\"deleted\" : true");
    assertThat(relay.lines())
        .containsExactly("DELETE /domains/example.com", "DELETE /domains/example.com");
  }

  @Test
  void namesArePercentEncoded() {
    Ran ran = shell.run("domains", "show", "a/../b?c#d %é");

    assertThat(relay.lines()).containsExactly("GET /domains/a%2F..%2Fb%3Fc%23d%20%25%C3%A9");
    assertThat(ran.code()).isEqualTo(5);
    assertThat(shell.run("domains", "show", "..").code()).isEqualTo(2);
    assertThat(shell.run("domains", "remove", "--yes", "").code()).isEqualTo(2);
    assertThat(relay.lines()).hasSize(1);
  }
}
