package dev.waybill.relay.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.relay.testing.World;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class ShowsTwoVerifiedMessagesTest {
  private final World world = World.get();

  @Test
  void everyVerdictOfBothSamplesIsPass() {
    for (String recipient : new String[] {"ada@customer.example", "ben@reader.example"}) {
      JsonNode letter = world.arrived(recipient);
      assertThat(letter.get("verdicts").toString())
          .isEqualTo(
              "{\"spf\":\"pass\",\"dkim\":\"pass\",\"dmarc\":\"pass\",\"one_click\":\"pass\"}");
    }
  }
}
