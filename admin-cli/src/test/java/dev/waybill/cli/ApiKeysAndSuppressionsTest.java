package dev.waybill.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.cli.Shell.Ran;
import org.junit.jupiter.api.Test;

class ApiKeysAndSuppressionsTest extends CommandTest {
  @Test
  void createPutsTheTokenAloneOnStandardOutput() {
    relay.on("POST /api-keys", 201, "{\"id\":\"k9\",\"token\":\"wb_secret\"}");

    Ran ran = shell.run("api-keys", "create", "shop");

    assertThat(ran)
        .isEqualTo(
            new Ran(0, "wb_secret\n", "Created the key shop (id k9). It is shown this once:\n"));
    assertThat(relay.last().body()).isEqualTo("{\"name\":\"shop\"}");
  }

  @Test
  void createFindsTheDomainsId() {
    relay
        .on("GET /domains/example.com", 200, FakeRelay.file("domain"))
        .on("POST /api-keys", 201, "{\"id\":\"k9\",\"token\":\"wb_secret\"}");

    Ran csv =
        shell.run(
            "api-keys",
            "create",
            "shop",
            "--permission",
            "sending_access",
            "--domain=example.com",
            "--output=csv");
    Ran json = shell.run("api-keys", "create", "shop", "--output=json");

    assertThat(relay.lines())
        .containsExactly("GET /domains/example.com", "POST /api-keys", "POST /api-keys");
    assertThat(csv.out()).isEqualTo("id,token\r\nk9,wb_secret\r\n");
    assertThat(json.out()).isEqualTo("{\n  \"id\" : \"k9\",\n  \"token\" : \"wb_secret\"\n}\n");
  }

  @Test
  void createSendsPermissionAndDomain() {
    relay
        .on("GET /domains/example.com", 200, FakeRelay.file("domain"))
        .on("POST /api-keys", 201, "{\"id\":\"k9\",\"token\":\"wb_secret\"}");

    shell.run("api-keys", "create", "a", "--permission=SENDING_ACCESS", "--domain=example.com");

    assertThat(relay.last().body())
        .isEqualTo(
            "{\"name\":\"a\",\"permission\":\"sending_access\","
                + "\"domain_id\":\"0199f3a2-6c1e-7c44-9a55-2f0f3b5d8e11\"}");
  }

  @Test
  void createSendsWhatTheKeyMaySend() {
    relay
        .on("GET /domains/example.com", 200, FakeRelay.file("domain"))
        .on("GET /domains/example.net", 200, "{\"id\":\"d2\"}")
        .on("POST /api-keys", 201, "{\"id\":\"k9\",\"token\":\"wb_secret\"}");

    shell.run(
        "api-keys",
        "create",
        "news",
        "--domain=example.com",
        "--domain=example.net",
        "--stream=marketing",
        "--per-minute=60",
        "--per-day=50000");

    assertThat(relay.last().body())
        .isEqualTo(
            "{\"name\":\"news\","
                + "\"domain_ids\":[\"0199f3a2-6c1e-7c44-9a55-2f0f3b5d8e11\",\"d2\"],"
                + "\"stream\":\"marketing\",\"recipients_per_minute\":60,"
                + "\"recipients_per_day\":50000}");
  }

  @Test
  void createForAnUnknownDomainMakesNoKey() {
    Ran ran = shell.run("api-keys", "create", "shop", "--domain=no.example");

    assertThat(ran.code()).isEqualTo(5);
    assertThat(ran.out()).isEmpty();
    assertThat(relay.lines()).containsExactly("GET /domains/no.example");
  }

  @Test
  void keysAreListedAndRemoved() {
    relay
        .on("GET /api-keys?limit=100", 200, FakeRelay.file("api-keys"))
        .on("DELETE /api-keys/k1", 200, "{}");

    Ran list = shell.run("api-keys", "list");
    Ran remove = shell.run("api-keys", "remove", "k1");

    assertThat(list.out())
        .isEqualTo(
            """
            NAME  PERMISSION      DOMAIN IDS                            S\
            TREAM         PER MINUTE  PER DAY  CREATED               ID
            shop  sending_access  0199f3a2-6c1e-7c44-9a55-2f0f3b5d8e11  m\
            arketing      60          -        2026-11-21T10:00:00Z  k1
            ops   full_access     -                                     t\
            ransactional  -           -        2026-11-21T10:00:00Z  k2
            """);
    assertThat(remove).isEqualTo(new Ran(0, "", "Removed the key k1.\n"));
  }

  @Test
  void suppressionsAreCsvOfRfc4180() {
    relay.on("GET /suppressions?limit=100", 200, FakeRelay.file("suppressions"));

    Ran ran = shell.run("--output", "csv", "suppressions", "list");

    assertThat(ran.out())
        .isEqualTo(
            "email,domain,stream,origin,created_at,expires_at,id\r\n"
                + "ann@example.net,,,bounce,2026-11-21T10:00:00Z,,s1\r\n"
                + "\"\"\"o'hara, bob\"\"@example.net\",example.com,marketing,unsubscribe,"
                + "2026-11-21T10:00:01.5Z,,s2\r\n");
  }

  @Test
  void suppressionsAreAddedAndRemoved() {
    relay
        .on(
            "POST /suppressions",
            201,
            "{\"object\":\"suppression\",\"id\":\"s9\",\"email\":\"a@b.example\"}")
        .on(
            "DELETE /suppressions/a%2Bb%40b.example",
            200, "{\"id\":\"a+b@b.example\",\"deleted\":true}");

    Ran all = shell.run("suppressions", "add", "a@b.example");
    assertThat(relay.last().body()).isEqualTo("{\"email\":\"a@b.example\"}");
    Ran one =
        shell.run(
            "suppressions",
            "add",
            "a@b.example",
            "--domain=x.example",
            "--stream=marketing",
            "-ocsv");
    assertThat(relay.last().body())
        .isEqualTo("{\"email\":\"a@b.example\",\"domain\":\"x.example\",\"stream\":\"marketing\"}");
    Ran gone = shell.run("suppressions", "remove", "a+b@b.example");

    assertThat(all).isEqualTo(new Ran(0, "", "Suppressed a@b.example.\n"));
    assertThat(one.out()).endsWith("\r\na@b.example,,,,,,s9\r\n");
    assertThat(gone).isEqualTo(new Ran(0, "", "Removed the suppression of a+b@b.example.\n"));
    assertThat(shell.run("suppressions", "remove", "z@b.example").code()).isEqualTo(5);
  }
}
