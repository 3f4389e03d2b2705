package dev.waybill.relay.transport;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/// Any octets as a policy and as the record that announces it. `JAZZER_FUZZ=1` looks for new
/// inputs.
class StsPolicyFuzzTest {
  @FuzzTest(maxDuration = "10m")
  void policies(byte[] octets) {
    String text = new String(octets, StandardCharsets.UTF_8);
    switch (StsPolicy.read(text)) {
      case StsPolicy.Reading.Malformed(String reason) ->
          assertThat(reason).isNotBlank().hasSizeLessThan(200).matches("[ -~]+");
      case StsPolicy.Reading.Read(StsPolicy policy) -> {
        assertThat(policy.hosts()).hasSizeLessThanOrEqualTo(StsPolicy.MAX_HOSTS);
        assertThat(policy.maxAge()).isBetween(Duration.ZERO, StsPolicy.LONGEST);
        // what was read, written down and read again is the same
        StringBuilder again = new StringBuilder("version: STSv1\n");
        again.append("mode: ").append(policy.mode().text()).append('\n');
        policy.hosts().forEach(host -> again.append("mx: ").append(host).append('\n'));
        again.append("max_age: ").append(policy.maxAge().toSeconds()).append('\n');
        assertThat(StsPolicy.read(again.toString())).isEqualTo(new StsPolicy.Reading.Read(policy));
        policy.hosts().stream()
            .filter(host -> host.startsWith("*."))
            .map(host -> host.substring(2))
            .filter(parent -> !policy.hosts().contains(parent))
            .filter(parent ->
                !policy.hosts().contains("*." + parent.substring(parent.indexOf('.') + 1)))
            .forEach(parent -> assertThat(policy.permits(parent)).isFalse());
      }
    }
    StsRecord.among(List.of(text))
        .ifPresent(record -> {
          assertThat(record.id()).matches("[A-Za-z0-9]{1,32}");
          assertThat(text).startsWith("v=STSv1");
        });
  }
}
