package dev.waybill.relay.app.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.relay.message.DomainName;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

class SandboxFileTest {
  static final SandboxAccess ACCESS =
      new SandboxAccess(
          DomainName.of("sandbox.example"),
          local(2587),
          local(2465),
          "waybill",
          "wb_secret",
          URI.create("http://127.0.0.1:8081"),
          "wb_admin",
          local(5353),
          local(2525),
          URI.create("http://127.0.0.1:8080/sandbox/"));

  @Test
  void writesTheShapeOfTheContract(@TempDir Path folder) throws IOException {
    Files.writeString(folder.resolve("sandbox.json"), "{}");

    Path file = SandboxFile.write(folder, ACCESS);

    assertThat(JsonMapper.builder().build().readTree(Files.readString(file)).toString())
        .isEqualTo(
            "{\"domain\":\"sandbox.example\",\"smtp\":{\"host\":\"127.0.0.1\",\"port\":2587,"
                + "\"tls_port\":2465,\"user\":\"waybill\",\"password\":\"wb_secret\"},"
                + "\"admin\":{\"url\":\"http://127.0.0.1:8081\",\"api_key\":\"wb_admin\"},"
                + "\"dns\":\"127.0.0.1:5353\",\"mx\":\"127.0.0.1:2525\","
                + "\"inbox\":\"http://127.0.0.1:8080/sandbox/\"}");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).containsExactly(file);
    }
  }

  @Test
  void tellsAPersonHowToUseIt() {
    assertThat(SandboxBanner.text(ACCESS))
        .contains(
            "http://127.0.0.1:8080/sandbox/",
            "2587",
            "2465",
            "wb_secret",
            "WAYBILL_URL=http://127.0.0.1:8081",
            "WAYBILL_API_KEY=wb_admin");
  }

  private static InetSocketAddress local(int port) {
    return new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port);
  }
}
