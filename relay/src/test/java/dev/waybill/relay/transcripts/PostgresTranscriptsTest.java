package dev.waybill.relay.transcripts;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.relay.events.DeliveryKey;
import dev.waybill.relay.storage.DatabaseSettings;
import dev.waybill.relay.testing.Postgres;
import org.junit.jupiter.api.Test;

/// Transcripts in a real PostgreSQL server.
class PostgresTranscriptsTest extends TranscriptsContract {
  private final DatabaseSettings database = Postgres.newDatabase();

  @Override
  DatabaseSettings database() {
    return database;
  }

  @Override
  long octetsKept() {
    return super.database
        .jdbi()
        .withHandle(handle ->
            handle
                .createQuery("select coalesce(sum(octets), 0) from transcript_block")
                .mapTo(Long.class)
                .one());
  }

  @Override
  void spoil() {
    super.database.jdbi().useHandle(handle -> handle.execute("drop table transcript_block"));
  }

  @Test
  void areTheSameOnEveryNode() {
    Transcripts other = open(new TranscriptSettings(DAY, 64 << 20));
    DeliveryKey here = octets(transcripts, 4);
    DeliveryKey there = octets(other, 4);
    assertThat(of(other, here)).isNotEmpty().isEqualTo(of(transcripts, here));
    assertThat(of(transcripts, there)).isNotEmpty().isEqualTo(of(other, there));
  }
}
