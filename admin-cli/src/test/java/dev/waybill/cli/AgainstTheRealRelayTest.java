package dev.waybill.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.cli.Shell.Ran;
import dev.waybill.relay.app.Sandbox;
import dev.waybill.relay.app.SandboxPorts;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Every command against the relay itself, in its sandbox. The tests use names of their own.
class AgainstTheRealRelayTest {
  @TempDir static Path folder;
  private static Sandbox sandbox;
  private static Map<String, String> environment;
  private static String submission;
  private static String submissionTls;

  @BeforeAll
  static void start() throws Exception {
    sandbox = Sandbox.open(folder, SandboxPorts.from(0));
    sandbox.start();
    JsonNode about = JsonMapper.shared().readTree(Files.readString(folder.resolve("sandbox.json")));
    JsonNode admin = about.get("admin");
    submission = "127.0.0.1:" + about.get("smtp").get("port").asInt();
    submissionTls = "127.0.0.1:" + about.get("smtp").get("tls_port").asInt();
    environment = new HashMap<>();
    environment.put("HOME", folder.toString());
    environment.put("WAYBILL_URL", admin.get("url").asString());
    environment.put("WAYBILL_API_KEY", admin.get("api_key").asString());
  }

  @AfterAll
  static void stop() {
    sandbox.stop();
  }

  @Test
  void addsShowsAndRemovesADomain() {
    Ran added = run("domains", "add", "Shop.Example");
    assertThat(added.code()).isZero();
    assertThat(added.out())
        .contains("send.shop.example", "v=spf1 ip4:127.0.0.1 ~all", "wb1._domainkey.shop.example");

    assertThat(run("domains", "add", "shop.example").code()).isEqualTo(3);
    assertThat(run("domains", "list", "--output", "csv").out())
        .contains("shop.example,not_started");
    assertThat(json("domains", "show", "shop.example").get("custom_return_path").asString())
        .isEqualTo("send");
    assertThat(run("domains", "remove", "shop.example", "--yes").code()).isZero();
    assertThat(run("domains", "show", "shop.example").code()).isEqualTo(5);
  }

  @Test
  void listsTheStreams() {
    assertThat(run("streams", "list", "-o", "csv").out())
        .isEqualTo(
            "name,kind,title,first,lifetime,retention\r\n"
                + "transactional,transactional,,10s,5d 0h,30d 0h\r\n"
                + "marketing,marketing,,10s,5d 0h,30d 0h\r\n");
    assertThat(run("suppressions", "add", "ann@there.example", "--stream", "news").err())
        .contains("stream: \"news\" (expected: transactional or marketing)");
  }

  @Test
  void listsTheSources() {
    assertThat(run("sources", "list", "-o", "csv").out())
        .startsWith(
            "address,pool,helo,warm_up_begins,warm_up_day,warm_up_sent_today,warm_up_allowed_today\r\n");
  }

  @Test
  void showsHowTheStreamsOfADomainStand() {
    sendTest("app@sandbox.example", "ann@taken.example");
    assertThat(run("streams", "breakers", "--domain", "sandbox.example", "-o", "csv").out())
        .startsWith(
            "domain,stream,state,longer_delivered,longer_bounce_rate,longer_complaint_rate,since,reason\r\n")
        .contains("sandbox.example,transactional,ok,");
    Ran release = run("streams", "release", "marketing", "--domain", "sandbox.example");
    assertThat(release.code()).isEqualTo(5);
    assertThat(release.err())
        .contains("stream \"marketing\" of sandbox.example is neither held nor warned");
  }

  @Test
  void showsWhatReceiversReport() {
    Ran summed = run("dmarc", "sandbox.example");
    assertThat(summed.code()).isZero();
    assertThat(summed.out()).contains("Reports     0 of 0 days", "Advice: Not enough evidence");
    assertThat(run("dmarc", "sandbox.example", "--reports").err())
        .contains("There are no reports of these days.");
    assertThat(run("dmarc", "nowhere.example").code()).isEqualTo(5);
  }

  @Test
  void holdsReleasesAndCancelsWhatWaits() {
    sendTest("app@sandbox.example", "defer@waiting.example", "--timeout", "1s");
    assertThat(run("queue", "list", "--to", "defer@waiting.example", "-o", "csv").out())
        .contains("defer@waiting.example,deferred,1,", "Try again later");

    Ran held = run("queue", "hold", "--destination", "waiting.example", "--reason", "wrong link");
    assertThat(held.err()).contains("Deliveries held: 1.");
    assertThat(run("queue", "list", "--reply", "WRONG", "-o", "csv").out())
        .contains("defer@waiting.example,held,1,,wrong link");
    assertThat(run("queue", "cancel", "--to", "defer@waiting.example", "--dry-run").err())
        .contains("Deliveries that would be cancelled: 1.");
    Ran unasked = run("queue", "cancel", "--to", "defer@waiting.example");
    assertThat(unasked.code()).isEqualTo(2);
    assertThat(unasked.err()).contains("Give --yes to go ahead.");
    assertThat(json("queue", "cancel", "--to", "defer@waiting.example", "--yes").get("deliveries"))
        .hasToString("1");
    assertThat(run("events", "list", "--type", "email.cancelled", "-o", "csv").out())
        .contains("defer@waiting.example", "cancelled by hand");
    assertThat(run("queue", "list", "--to", "defer@waiting.example").err())
        .contains("Nothing waits that this applies to.");

    sendTest("app@sandbox.example", "defer@again.example", "--timeout", "1s");
    assertThat(run("queue", "hold", "--destination", "again.example").code()).isZero();
    assertThat(run("queue", "release", "--destination", "again.example").err())
        .contains("Deliveries released: 1.");
  }

  @Test
  void examinesADomainInItsSmallWorld() {
    Ran examined = run("domains", "doctor", "sandbox.example", "-o", "csv");

    assertThat(examined.code()).as(examined.out()).isEqualTo(1);
    assertThat(examined.out())
        .startsWith("status,check,subject,found,reason,fix,paste\r\n")
        .contains(
            "pass,domain,sandbox.example,It is verified.",
            "pass,source,127.0.0.1,",
            "pass,outbound,127.0.0.1,",
            "pass,spf,127.0.0.1,",
            "pass,dkim,wb1._domainkey.sandbox.example,",
            "warn,tracking,127.0.0.1,\"This relay answers there, over http");
    assertThat(run("domains", "doctor", "gone.example").code()).isEqualTo(5);
  }

  @Test
  void showsWhyADomainIsRefused() {
    Ran refused = run("domains", "add", "co.uk");

    assertThat(refused.code()).isEqualTo(3);
    assertThat(refused.err()).contains("co.uk").contains("public suffix");
  }

  @Test
  void printsRecordsInEveryFormat() {
    for (String format : List.of("table", "json", "bind", "cloudflare", "route53", "terraform")) {
      Ran printed = run("domains", "records", "sandbox.example", "--format", format);
      assertThat(printed.code()).as(format).isZero();
      assertThat(printed.out()).as(format).contains("wb1._domainkey", "v=DKIM1");
    }
  }

  @Test
  void followsATestMessageToItsLastEvent() {
    Ran delivered = sendTest("app@sandbox.example", "ann@receiver.example");
    assertThat(delivered.code()).as(delivered.err()).isZero();
    assertThat(delivered.out()).contains("email.sent").contains("email.delivered");

    Ran encrypted =
        run(
            "send-test",
            "--from=app@sandbox.example",
            "--to=ann@receiver.example",
            "--tls",
            "--smtp=" + submissionTls);
    assertThat(encrypted.code()).as(encrypted.err()).isZero();

    Ran bounced = sendTest("app@sandbox.example", "bounce@receiver.example", "-o", "json");
    assertThat(bounced.code()).isEqualTo(1);
    assertThat(bounced.out()).contains("\"type\":\"email.bounced\"");
    assertThat(bounced.err()).contains("was not delivered: email.bounced");

    Ran refused = sendTest("app@stranger.example", "ann@receiver.example");
    assertThat(refused.code()).isEqualTo(3);
    assertThat(refused.err())
        .contains("550 5.7.1 The From domain stranger.example is not verified");

    Ran waited = sendTest("app@sandbox.example", "defer@receiver.example", "--timeout", "1s");
    assertThat(waited.code()).isEqualTo(1);
    assertThat(waited.out()).contains("email.delivery_delayed");
    assertThat(waited.err()).contains("is not delivered after 1s");

    assertThat(
            run("send-test", "--from", "a@b.example", "--to", "c@d.example", "--smtp", "h:port")
                .code())
        .isEqualTo(2);
    assertThat(
            run(
                    "send-test",
                    "--from",
                    "a@b.example",
                    "--to",
                    "c@d.example",
                    "--smtp",
                    "127.0.0.1:1")
                .code())
        .isEqualTo(4);
  }

  @Test
  void sendsInstructionsThatArriveAsTextAndPage() {
    assertThat(run("domains", "add", "asked.test").code()).isZero();
    List<String> words =
        List.of(
            "domains",
            "instructions",
            "asked.test",
            "--note=Grüße, Bob",
            "--smtp=" + submission,
            "--send-to=dns@receiver.example");

    Ran sent = run(words.toArray(String[]::new));
    assertThat(sent.code()).as(sent.err()).isZero();
    assertThat(sent.out()).isEmpty();
    assertThat(sent.err()).contains("from postmaster@sandbox.example to dns@receiver.example.");

    List<String> scripted = new ArrayList<>(words);
    scripted.add("--from=ops@sandbox.example");
    JsonNode answer = json(scripted.toArray(String[]::new));
    assertThat(answer.get("from").asString()).isEqualTo("ops@sandbox.example");
    assertThat(answer.get("subject").asString()).startsWith("DNS records for asked.test: please");

    List<String> stranger = new ArrayList<>(words);
    stranger.add("--from=ops@stranger.example");
    assertThat(run(stranger.toArray(String[]::new)).code()).isEqualTo(3);
  }

  private static Ran sendTest(String from, String to, String... more) {
    List<String> arguments =
        new ArrayList<>(List.of("send-test", "--from", from, "--to", to, "--smtp", submission));
    arguments.addAll(List.of(more));
    return run(arguments.toArray(String[]::new));
  }

  @Test
  void switchesADomainOffAndOn() {
    assertThat(run("domains", "add", "switched.test").code()).isZero();
    Ran off = run("domains", "disable", "switched.test");
    assertThat(off.code()).as(off.err()).isZero();
    assertThat(off.err()).contains("waybillctl domains enable switched.test");
    assertThat(run("domains", "show", "switched.test").out()).contains("disabled");
    assertThat(sendTest("app@switched.test", "ann@receiver.example").err())
        .contains("The From domain switched.test is disabled");
    assertThat(run("domains", "enable", "switched.test").code()).isZero();
    assertThat(run("domains", "show", "switched.test").out()).doesNotContain("disabled");
    assertThat(run("domains", "disable", "unknown.test").code()).isEqualTo(5);
  }

  @Test
  void waitsForVerification() {
    assertThat(run("domains", "verify", "sandbox.example", "--wait").code()).isZero();

    assertThat(run("domains", "add", "unpublished.test").code()).isZero();
    Ran waited =
        run(
            "domains",
            "verify",
            "unpublished.test",
            "--wait",
            "--timeout",
            "2s",
            "--interval",
            "200ms");
    assertThat(waited.code()).isEqualTo(6);
    assertThat(waited.err()).contains("unpublished.test");
  }

  @Test
  void changesTheSettingsOfADomain() {
    assertThat(run("domains", "add", "settings.example").code()).isZero();
    assertThat(
            run(
                    "domains",
                    "update",
                    "settings.example",
                    "--open-tracking",
                    "--tls",
                    "enforced",
                    "--tracking-subdomain",
                    "links")
                .code())
        .isZero();
    JsonNode shown = json("domains", "show", "settings.example");
    assertThat(shown.get("open_tracking").asBoolean()).isTrue();
    assertThat(shown.get("tls").asString()).isEqualTo("enforced");
    assertThat(shown.get("tracking_subdomain").asString()).isEqualTo("links");
    assertThat(shown.get("records").toString()).contains("links.settings.example", "CNAME");

    assertThat(run("domains", "update", "settings.example", "--no-tracking-subdomain").code())
        .isZero();
    assertThat(json("domains", "show", "settings.example").get("tracking_subdomain").isNull())
        .isTrue();
    assertThat(run("domains", "update", "settings.example", "--tracking-subdomain", "-x").code())
        .isEqualTo(3);
  }

  @Test
  void showsADomainsNameAndLogo() throws Exception {
    Path logo =
        Files.write(
            folder.resolve("logo.gif"),
            Base64.getDecoder()
                .decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAICRAEAOw=="));
    assertThat(run("domains", "add", "named.example", "--display-name=Müller", "--logo=" + logo))
        .extracting(Ran::code)
        .isEqualTo(0);
    JsonNode shown = json("domains", "show", "named.example");
    assertThat(shown.get("display_name").asString()).isEqualTo("Müller");
    assertThat(shown.get("logo").get("type").asString()).isEqualTo("image/gif");

    assertThat(run("domains", "update", "named.example", "--display-name=", "--no-logo").code())
        .isZero();
    shown = json("domains", "show", "named.example");
    assertThat(shown.get("display_name").isNull()).isTrue();
    assertThat(shown.get("logo").isNull()).isTrue();
    Ran refused =
        run("domains", "update", "named.example", "--logo=" + folder.resolve("sandbox.json"));
    assertThat(refused.code()).isEqualTo(3);
    assertThat(refused.err()).contains("logo: no picture of a kind that is known");
  }

  @Test
  void changesKeysAndTellsTheirHistory() {
    assertThat(run("domains", "add", "keys.test", "--rsa-bits", "3072", "--ed25519").code())
        .isZero();
    JsonNode keys = json("domains", "keys", "keys.test").get("data");
    assertThat(keys).hasSize(3);
    assertThat(keys.toString()).contains("\"bits\":3072", "\"algorithm\":\"ed25519\"");

    Ran asked = run("domains", "rotate-key", "keys.test");
    assertThat(asked.code()).as(asked.err()).isZero();
    assertThat(asked.err()).startsWith("Not switched yet: wb2 is not in the DNS, so wb1 goes on");
    assertThat(asked.out()).contains("wb2._domainkey.keys.test", "\nv=DKIM1; k=rsa; p=");
    assertThat(json("domains", "rotate-key", "keys.test", "--status").get("state").asString())
        .isEqualTo("waiting");
    Ran waited = run("domains", "rotate-key", "keys.test", "--status", "--wait", "--timeout=1ms");
    assertThat(waited.code()).isEqualTo(6);
    assertThat(run("domains", "rotate-key", "keys.test", "--cancel").code()).isZero();
    assertThat(json("domains", "rotate-key", "keys.test", "--status").get("state").asString())
        .isEqualTo("none");
    assertThat(run("domains", "update", "keys.test", "--no-ed25519").code()).isZero();

    assertThat(run("domains", "history", "keys.test").out()).contains("not_started", "registered");
    String id = json("domains", "show", "keys.test").get("id").asString();
    assertThat(run("domains", "remove", "keys.test", "--yes").code()).isZero();
    for (String verb : List.of("show", "keys", "history")) {
      assertThat(run("domains", verb, id).code()).as(verb).isEqualTo(5);
      assertThat(run("domains", verb, id, "--deleted").code()).as(verb).isZero();
    }
    assertThat(run("domains", "list", "--deleted").out()).contains("keys.test (deleted)");
    assertThat(run("domains", "list").out()).doesNotContain("keys.test");
  }

  @Test
  void importsAnExistingKey() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    KeyPair pair = generator.generateKeyPair();
    Base64.Encoder base64 = Base64.getMimeEncoder(64, new byte[] {'\n'});
    Path pem =
        Files.writeString(
            folder.resolve("dkim.pem"),
            "-----BEGIN PRIVATE KEY-----\n"
                + base64.encodeToString(pair.getPrivate().getEncoded())
                + "\n-----END PRIVATE KEY-----\n");

    Ran added =
        run(
            "domains",
            "add",
            "moved.example",
            "--dkim-key",
            pem.toString(),
            "--dkim-selector",
            "s2024");

    assertThat(added.code()).isZero();
    assertThat(added.out())
        .contains("s2024._domainkey.moved.example")
        .contains(Base64.getEncoder().encodeToString(pair.getPublic().getEncoded()));
  }

  @Test
  void makesListsAndRemovesAKey() {
    Ran created = run("api-keys", "create", "app");
    assertThat(created.code()).isZero();
    String token = created.out().strip();
    assertThat(token).matches("wb_[0-9A-Za-z]{32,}");

    JsonNode keys = json("api-keys", "list").get("data");
    String id = "";
    for (JsonNode key : keys) {
      id = key.get("name").asString().equals("app") ? key.get("id").asString() : id;
    }
    assertThat(as(token, "status").code()).isZero();
    assertThat(run("api-keys", "remove", id).code()).isZero();
    assertThat(as(token, "status").code()).isEqualTo(3);
  }

  @Test
  void aSendingKeyMayNotAdminister() {
    String token = run("api-keys", "create", "sender", "--domain", "sandbox.example").out().strip();

    assertThat(as(token, "domains", "list").code()).isEqualTo(3);
  }

  @Test
  void addsListsAndRemovesASuppression() {
    assertThat(
            run("suppressions", "add", "Ann@There.example", "--domain", "sandbox.example").code())
        .isZero();
    assertThat(run("suppressions", "list", "--output", "csv").out())
        .contains("Ann@there.example,sandbox.example");
    assertThat(run("suppressions", "remove", "ann@there.example").code()).isZero();
    assertThat(run("suppressions", "remove", "ann@there.example").code()).isEqualTo(5);
  }

  @Test
  void tellsQueueEventsAndStatus() {
    assertThat(run("queue", "summary").code()).isZero();
    assertThat(run("queue", "retry", "--all").code()).isZero();
    assertThat(json("queue", "retry", "--destination", "there.example").get("deliveries").asInt())
        .isZero();
    assertThat(run("queue", "retry", "no-id").code()).isEqualTo(3);
    assertThat(run("queue", "retry").code()).isEqualTo(2);
    assertThat(run("queue", "hold", "--all", "--state", "held").code()).isEqualTo(2);
    assertThat(run("events", "list", "--type", "email.delivered").out())
        .contains("ada@customer.example", "ben@reader.example");
    assertThat(json("events", "list", "--limit", "3").get("data")).hasSize(3);
    assertThat(run("status").out()).contains("open", "relay.sandbox.test");
  }

  @Test
  void showsAMessageAgainAndWhatWasChangedInIt() {
    assertThat(sendTest("app@sandbox.example", "eve@shown.example").code()).isZero();
    JsonNode listed = json("emails", "list", "--to", "eve@shown.example").get("data");
    assertThat(listed).hasSize(1);
    String id = listed.get(0).get("id").asString();

    assertThat(run("emails", "list", "--limit", "2").err()).contains("There are more");
    assertThat(run("emails", "list", "--to", "eve@shown.example", "--domain", "none.test").out())
        .doesNotContain(id);
    assertThat(run("emails", "show", id).out())
        .contains("app@sandbox.example", "bytes as submitted", id)
        .containsPattern("eve@shown.example +delivered +delivered +1 ")
        .contains("email.sent", "email.delivered", "copy=", "selectors=wb1");
    assertThat(run("emails", "trace", id).out())
        .containsPattern("\\nState +delivered\\n")
        .containsPattern("attempt 1 {2}delivered after [0-9]+ ms\\n")
        .containsPattern("\\n +[0-9]+ ms {2}C: RCPT TO:<eve@shown.example>\\n")
        .containsPattern("\\n +[0-9]+ ms {2}S: 250 2.0.0 Arrived")
        .containsPattern("DKIM +signed with wb1 at ");
    assertThat(run("emails", "trace", id, "--rcpt", "eve@shown.example", "-o", "csv").out())
        .startsWith("email,state,reason,next_attempt_at,last_reply\r\neve@shown.example,delivered");
    Ran diff = run("emails", "diff", id);
    assertThat(diff.code()).as(diff.err()).isZero();
    assertThat(diff.out())
        .contains("--- submitted, ", "+++ sent to eve@shown.example, ")
        .containsPattern("DKIM signature added sandbox.example/wb1 {2}@ 0 -> 0-[0-9]+")
        .contains("\n+ Received: ");
    assertThat(diff.err()).contains("It is the copy that was sent.");
    assertThat(json("emails", "diff", id).get("exact").asBoolean()).isTrue();
    assertThat(run("emails", "diff", id, "--rcpt", "eve@shown.example", "-o", "csv").out())
        .startsWith("reason,name,submitted_from,submitted_to,sent_from,sent_to,removed,added\r\n");

    String stranger = "0199f3a2-6c1e-7c44-9a55-2f0f3b5d8e11";
    for (String verb : List.of("show", "trace", "diff", "cancel")) {
      assertThat(run("emails", verb, stranger).code()).as(verb).isEqualTo(5);
    }
    assertThat(run("emails", "diff", id, "--rcpt", "mallory@shown.example").code()).isEqualTo(5);
    assertThat(run("emails", "cancel", id).code()).isEqualTo(3);
  }

  @Test
  void takesBackWhatIsDeferred() {
    assertThat(sendTest("app@sandbox.example", "defer@back.example", "--timeout", "1s").code())
        .isEqualTo(1);
    String id =
        json("emails", "list", "--to", "defer@back.example")
            .get("data")
            .get(0)
            .get("id")
            .asString();
    Ran diff = run("emails", "diff", id);
    assertThat(diff.out()).contains("+++ as made now for defer@back.example");
    assertThat(diff.err()).contains("how it would be sent now");

    Ran cancelled = run("emails", "cancel", id);
    assertThat(cancelled.code()).as(cancelled.err()).isZero();
    assertThat(cancelled.err()).contains("Cancelled for 1 recipient.");
    assertThat(run("emails", "show", id).out())
        .containsPattern("defer@back.example +cancelled +cancelled")
        .contains("451 4.7.1 Try again later");
  }

  @Test
  void aWrongKeyIsRefusedAndAWrongAddressUnreachable() {
    assertThat(as("wb_wrong", "status").code()).isEqualTo(3);
    assertThat(run("--url", "http://127.0.0.1:1", "status").code()).isEqualTo(4);
    assertThat(run("domains", "show", "nowhere.example").code()).isEqualTo(5);
  }

  private static JsonNode json(String... arguments) {
    String[] all = Arrays.copyOf(arguments, arguments.length + 2);
    all[arguments.length] = "--output";
    all[arguments.length + 1] = "json";
    return JsonMapper.shared().readTree(run(all).out());
  }

  private static Ran run(String... arguments) {
    return run(environment, arguments);
  }

  private static Ran as(String token, String... arguments) {
    Map<String, String> other = new HashMap<>(environment);
    other.put("WAYBILL_API_KEY", token);
    return run(other, arguments);
  }

  private static Ran run(Map<String, String> variables, String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int code =
        AdminCli.run(
            arguments,
            new ByteArrayInputStream(new byte[0]),
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            variables);
    return new Ran(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }
}
