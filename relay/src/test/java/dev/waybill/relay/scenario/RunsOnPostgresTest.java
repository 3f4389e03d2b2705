package dev.waybill.relay.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.relay.app.Sandbox;
import dev.waybill.relay.app.SandboxPorts;
import dev.waybill.relay.storage.DatabaseSettings;
import dev.waybill.relay.testing.Postgres;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class RunsOnPostgresTest {
  @TempDir Path folder;

  @Test
  void theWholeRelayDoesItsJobOnPostgres() throws Exception {
    DatabaseSettings database = Postgres.newDatabase();
    Sandbox sandbox =
        Sandbox.open(
            folder,
            SandboxPorts.from(0),
            Map.of(
                "WAYBILL_DATABASE_URL", database.url(), "WAYBILL_DATABASE_USER", database.user()));
    sandbox.start();
    try {
      JsonNode letters = letters();
      assertThat(letters).hasSize(2);
      letters.forEach(
          letter -> assertThat(letter.get("verdicts").toString()).doesNotContain("fail", "none"));
      assertThat(folder.resolve("bodies")).doesNotExist();

      sandbox.sendMany(30);
      Awaitility.await().untilAsserted(() -> assertThat(followedLinks()).isEqualTo(30));
    } finally {
      sandbox.stop();
    }
  }

  private JsonNode letters() throws Exception {
    return JsonMapper.shared().readTree(get(told("/inbox") + "api/messages"));
  }

  private double followedLinks() throws Exception {
    return get(told("/admin/url") + "/metrics")
        .lines()
        .filter(line -> line.startsWith("waybill_tracking_events_total{"))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
        .sum();
  }

  /// What the sandbox wrote down for others.
  private String told(String pointer) throws Exception {
    String file = Files.readString(folder.resolve("sandbox.json"));
    return JsonMapper.shared().readTree(file).at(pointer).asString();
  }

  private static String get(String url) throws Exception {
    try (HttpClient http = HttpClient.newHttpClient()) {
      HttpRequest request = HttpRequest.newBuilder(URI.create(url)).build();
      return http.send(request, HttpResponse.BodyHandlers.ofString()).body();
    }
  }
}
