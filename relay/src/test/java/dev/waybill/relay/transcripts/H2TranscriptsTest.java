package dev.waybill.relay.transcripts;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.relay.events.DeliveryKey;
import dev.waybill.relay.storage.DatabaseSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Transcripts in files beside the embedded database.
class H2TranscriptsTest extends TranscriptsContract {
  @Override
  DatabaseSettings database() {
    return new DatabaseSettings("jdbc:h2:" + dataDir.resolve("waybill"), "sa", "", 4);
  }

  @Override
  long octetsKept() {
    return files().stream().mapToLong(file -> file.toFile().length()).sum();
  }

  @Override
  void spoil() {
    try {
      transcripts.close();
      Path folder = dataDir.resolve("transcripts");
      transcripts = open(new TranscriptSettings(DAY, 1 << 20));
      Files.delete(folder);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private List<Path> files() {
    try (Stream<Path> files = Files.list(dataDir.resolve("transcripts"))) {
      return files.toList();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  @Test
  void readsUpToWhereACrashTookTheRest() throws IOException {
    DeliveryKey whole = octets(transcripts, 4);
    DeliveryKey torn = octets(transcripts, 4);
    transcripts.close();
    Path file = files().getFirst();
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(channel.size() - 100);
    }
    transcripts = open(new TranscriptSettings(DAY, 64 << 20));
    DeliveryKey after = octets(transcripts, 4);
    assertThat(of(whole)).isNotEmpty();
    assertThat(of(torn)).isEmpty();
    assertThat(of(after)).isNotEmpty();
    assertThat(files()).hasSize(2);
  }
}
