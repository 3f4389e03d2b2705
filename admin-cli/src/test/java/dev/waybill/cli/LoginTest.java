package dev.waybill.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.cli.Shell.Ran;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoginTest {
  @TempDir Path home;
  private FakeRelay relay;
  private Path file;

  @BeforeEach
  void start() {
    relay = new FakeRelay();
    relay.on("GET /status", 200, FakeRelay.file("status"));
    file = home.resolve(".config/waybill/waybillctl.json");
  }

  @AfterEach
  void stop() {
    relay.close();
  }

  @Test
  void asksTriesAndStoresForTheOwnerOnly() throws IOException {
    Shell shell = new Shell(home).typing(relay.url() + "/\n", FakeRelay.KEY);

    Ran login = shell.runOnTerminal("login");

    assertThat(login.code()).isZero();
    assertThat(login.out()).isEmpty();
    assertThat(login.err())
        .startsWith("Address of the admin API [http://127.0.0.1:8081]: ")
        .endsWith(
            "Logged in to relay.example.net (Waybill 0.1.0 at "
                + relay.url()
                + "); stored in "
                + file
                + "\n")
        .doesNotContain(FakeRelay.KEY);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(Files.list(file.getParent())).containsExactly(file);
    assertThat(new Shell(home).run("status").code()).isZero();
  }

  @Test
  void aKeyFileNeedsNobody() throws IOException {
    Path key = Files.writeString(home.resolve("admin.key"), FakeRelay.KEY + "\n");
    Path config = home.resolve("elsewhere");
    Shell shell = new Shell(home).with("XDG_CONFIG_HOME", config.toString());

    Ran ran = shell.run("login", "--url", relay.url(), "--api-key-file", key.toString(), "-ojson");

    assertThat(ran.code()).isZero();
    assertThat(ran.out()).contains("\"url\" : \"" + relay.url() + "\"").doesNotContain("wb_");
    assertThat(config.resolve("waybill/waybillctl.json")).exists();
    assertThat(shell.run("status").code()).isZero();
  }

  @Test
  void aWrongKeyIsNotStoredAndTheOldOneStays() throws IOException {
    new Shell(home, relay).run("login");
    String before = Files.readString(file);

    Ran ran = new Shell(home).typing(relay.url() + "\n", "wb_wrong").runOnTerminal("login");

    assertThat(ran.code()).isEqualTo(3);
    assertThat(ran.err()).doesNotContain("wb_wrong");
    assertThat(Files.readString(file)).isEqualTo(before);
  }

  @Test
  void withoutAnybodyToAskItSaysWhatToGive() {
    Ran ran = new Shell(home).run("login", "--url", relay.url());

    assertThat(ran.code()).isEqualTo(2);
    assertThat(ran.err())
        .contains("nobody to ask for the key")
        .contains("Give --api-key-file FILE");
    assertThat(file).doesNotExist();
  }

  @Test
  void anOptionWinsOverTheEnvironmentWhichWinsOverTheFile() throws IOException {
    new Shell(home, relay).run("login");
    Path key = Files.writeString(home.resolve("other.key"), FakeRelay.KEY);
    Shell stored = new Shell(home);
    Shell environment = new Shell(home).with("WAYBILL_API_KEY", "wb_wrong");

    assertThat(stored.run("status").code()).isZero();
    assertThat(environment.run("status").code()).isEqualTo(3);
    assertThat(environment.run("status", "--api-key-file", key.toString()).code()).isZero();
    assertThat(stored.with("WAYBILL_URL", "http://127.0.0.1:1").run("status").code()).isEqualTo(4);
    assertThat(stored.run("--url", relay.url(), "status").code()).isZero();
  }

  @Test
  void aFileThatOthersCanReadIsWarnedOf() throws IOException {
    new Shell(home, relay).run("login");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));

    Ran ran = new Shell(home).run("status");

    assertThat(ran.code()).isZero();
    assertThat(ran.err()).contains("warning: others can read the key in " + file);
  }

  @Test
  void aBrokenFileIsNotQuoted() throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, "{\"api_key\": \"wb_secret\" oops");

    Ran ran = new Shell(home).run("status");

    assertThat(ran.code()).isEqualTo(2);
    assertThat(ran.err())
        .contains("cannot read " + file + ": it is not JSON")
        .contains("waybillctl login")
        .doesNotContain("wb_secret");
  }
}
