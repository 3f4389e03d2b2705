package dev.waybill.relay.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Optional;

/// Any octets from a host: each reply that comes of them is whole and clean, and reading ends.
/// `JAZZER_FUZZ=1` looks for new inputs.
class ReplyFuzzTest {
  @FuzzTest(maxDuration = "10m")
  void replies(byte[] octets) {
    ReplyReader reader = new ReplyReader(new ByteArrayInputStream(octets));
    int replies = 0;
    try {
      while (true) {
        Reply reply = reader.read();
        // the shortest one is a code and a line feed
        assertThat(++replies).isLessThanOrEqualTo(octets.length / 4 + 1);
        assertThat(reply.lines()).hasSizeBetween(1, ReplyReader.MAX_LINES);
        String text = reply.text();
        assertThat(text).hasSizeLessThanOrEqualTo(Reply.MAX_TEXT);
        assertThat(text.chars()).noneMatch(Character::isISOControl);
        Optional<EnhancedStatus> status = reply.status();
        assertThat(status.map(EnhancedStatus::kind).orElse(reply.code() / 100))
            .isEqualTo(reply.code() / 100);
        if (reply.isAboutDialogue()) {
          assertThat(reply.isPermanent()).isTrue();
        }
      }
    } catch (IOException noReply) {
      assertThat(noReply.getMessage()).isNotNull();
    }
  }
}
