package dev.waybill.relay.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MainTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  @TempDir Path folder;

  @Test
  void aConfigurationInOrderEndsWith0() {
    assertThat(run(Map.of(), "check-config", "--config", "../config/waybill.yaml")).isZero();
    assertThat(out.toString()).contains("in order");
  }

  @Test
  void aWrongConfigurationEndsWith78AndNamesEveryProblem() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("w.yaml"),
            "hostname: -x\ndelivery:\n  retry:\n    longest: 1s\n  port: 99999\n");

    assertThat(run(Map.of(), "check-config", "--config", file.toString())).isEqualTo(78);
    assertThat(err.toString().lines())
        .anySatisfy(line -> assertThat(line).startsWith("w.yaml:1: hostname: -x (expected: "))
        .anySatisfy(line -> assertThat(line).startsWith("w.yaml:5: delivery.port: 99999"))
        .anySatisfy(line -> assertThat(line).contains("delivery.retry: longest PT1S"));
  }

  @Test
  void serveDoesNotStartOnAWrongConfiguration() {
    assertThat(run(Map.of("WAYBILL_ADMIN_LISTEN", "nowhere"), "serve")).isEqualTo(78);
    assertThat(err.toString())
        .startsWith("environment WAYBILL_ADMIN_LISTEN: admin.listen: nowhere");
  }

  @Test
  void aStartThatFailsSaysWhyInOneLineAndEndsWith1() throws IOException {
    Path file = Files.writeString(folder.resolve("a-file"), "");

    assertThat(run(Map.of("WAYBILL_DATA_DIR", file.resolve("data").toString()), "serve"))
        .isEqualTo(1);
    assertThat(err.toString().lines()).singleElement().asString().startsWith("waybill: ");
  }

  @Test
  void anUnknownCommandIsAUsageError() {
    assertThat(run(Map.of(), "frobnicate")).isEqualTo(2);
  }

  @Test
  void theSandboxRunsOnceAndEndsWith0WhenEveryVerdictIsPass() {
    assertThat(
            run(
                Map.of(),
                "sandbox",
                "--once",
                "--port-base",
                "0",
                "--data-dir",
                folder.resolve("sandbox").toString()))
        .isZero();
    assertThat(out.toString()).contains("Waybill sandbox is ready");
  }

  @Test
  void tellsItsVersion() {
    assertThat(run(Map.of(), "version")).isZero();
    assertThat(out.toString()).matches("waybill \\d+\\.\\d+\\.\\d+.*\\R");
  }

  private int run(Map<String, String> environment, String... arguments) {
    return new Main(new PrintWriter(out, true), new PrintWriter(err, true), environment)
        .run(arguments);
  }
}
