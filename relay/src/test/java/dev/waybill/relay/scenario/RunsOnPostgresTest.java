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
    } finally {
      sandbox.stop();
    }
  }

  private JsonNode letters() throws Exception {
    JsonMapper json = JsonMapper.shared();
    String inbox =
        json.readTree(Files.readString(folder.resolve("sandbox.json"))).at("/inbox").asString();
    try (HttpClient http = HttpClient.newHttpClient()) {
      HttpRequest request = HttpRequest.newBuilder(URI.create(inbox + "api/messages")).build();
      return json.readTree(http.send(request, HttpResponse.BodyHandlers.ofString()).body());
    }
  }
}
