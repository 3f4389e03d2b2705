package dev.waybill.relay.submission;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;

/// Any text as the argument of MAIL or RCPT: it is understood or answered with one clean line.
/// `JAZZER_FUZZ=1` looks for new inputs.
class CommandFuzzTest {
  @FuzzTest
  void pathAndParameters(byte[] octets) {
    String argument = new String(octets, StandardCharsets.UTF_8);
    EnvelopePath.parse("FROM:" + argument, "FROM:").ifPresent(CommandFuzzTest::isClear);
    EnvelopePath.parse(argument, "TO:").ifPresent(CommandFuzzTest::isClear);
  }

  private static void isClear(EnvelopePath path) {
    assertThat(path.parameters()).noneMatch(String::isEmpty);
    switch (MailParameters.read(path.parameters())) {
      case MailParameters.Wrong(String reply) -> {
        assertThat(reply).matches("(?s)5[0-9][0-9] 5\\..*");
        assertThat(reply.lines()).hasSizeLessThanOrEqualTo(1);
      }
      case MailParameters.Understood(MailParameters parameters) ->
          assertThat(parameters.size()).isNotNegative();
    }
  }
}
