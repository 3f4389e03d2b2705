package dev.waybill.relay.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.relay.storage.Database;
import dev.waybill.relay.storage.DatabaseSettings;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class KeyAllowanceTest {
  private static final KeyAllowance.Answer GRANTED = new KeyAllowance.Answer.Granted();
  private static final KeyAllowance.Answer USED_UP = new KeyAllowance.Answer.UsedUp();

  private Instant now = Instant.parse("2026-11-21T23:59:00Z");
  private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 1_000);
  private Database database;
  private KeyAllowance allowance;

  @BeforeEach
  void open() {
    database =
        Database.open(
            new DatabaseSettings(
                "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1", "sa", "", 4));
    allowance = open(database);
  }

  @AfterEach
  void close() {
    database.close();
  }

  @Test
  void aKeyWithoutLimitsIsNeverRefused() {
    KeyAllowance.Share share = allowance.share(key(0, 0));
    for (int recipient = 0; recipient < 100_000; recipient++) {
      assertThat(share.take()).isEqualTo(GRANTED);
    }
  }

  @Test
  void aMinutesWorthComesBackEvenly() {
    ApiKey key = key(6, 0);
    KeyAllowance.Share first = allowance.share(key);
    take(first, 6);
    assertThat(first.take()).isEqualTo(new KeyAllowance.Answer.Later(Duration.ofSeconds(10)));
    first.spend();
    pass(Duration.ofSeconds(9));
    assertThat(allowance.share(key).take())
        .isEqualTo(new KeyAllowance.Answer.Later(Duration.ofSeconds(1)));
    pass(Duration.ofSeconds(1));
    KeyAllowance.Share second = allowance.share(key);
    take(second, 1);
    assertThat(second.take()).isEqualTo(new KeyAllowance.Answer.Later(Duration.ofSeconds(10)));
    pass(Duration.ofDays(400));
    take(second, 6);
    assertThat(second.take()).isInstanceOf(KeyAllowance.Answer.Later.class);
  }

  @Test
  void whatNothingCameOfIsThereAgain() {
    ApiKey key = key(3, 3);
    KeyAllowance.Share share = allowance.share(key);
    take(share, 3);
    share.giveBack();
    share.giveBack();
    KeyAllowance.Share next = allowance.share(key);
    take(next, 3);
    next.spend();
    next.giveBack();
    assertThat(allowance.share(key).take()).isEqualTo(USED_UP);
  }

  @Test
  void messagesUnderWayCountAtOnce() {
    ApiKey key = key(0, 3);
    take(allowance.share(key), 2);
    KeyAllowance.Share other = allowance.share(key);
    take(other, 1);
    assertThat(other.take()).isEqualTo(USED_UP);
    assertThat(allowance.share(key(0, 1)).take()).isEqualTo(GRANTED);
  }

  @Test
  void aDaysWorthEndsAtMidnight() {
    ApiKey key = key(0, 2);
    KeyAllowance.Share share = allowance.share(key);
    take(share, 2);
    share.spend();
    assertThat(allowance.share(key).take()).isEqualTo(USED_UP);
    now = Instant.parse("2026-11-22T00:00:00Z");
    take(allowance.share(key), 2);
  }

  @Test
  void outlivesARestartAndIsSharedByNodes() throws SQLException {
    ApiKey key = key(0, 5);
    KeyAllowance other = open(database);
    KeyAllowance.Share share = allowance.share(key);
    take(share, 3);
    accepted(key, 3);
    share.spend();

    take(open(database).share(key), 2);
    take(other.share(key), 5);

    other = open(database);
    accepted(key, 1);
    other.refresh();
    take(other.share(key), 1);
    KeyAllowance.Share last = other.share(key);
    assertThat(last.take()).isEqualTo(USED_UP);
  }

  /// What this node counted itself is not counted again when it is read back.
  @Test
  void countsItsOwnOnce() throws SQLException {
    ApiKey key = key(0, 6);
    for (int message = 0; message < 3; message++) {
      KeyAllowance.Share share = allowance.share(key);
      take(share, 2);
      accepted(key, 2);
      share.spend();
      allowance.refresh();
    }
    assertThat(allowance.share(key).take()).isEqualTo(USED_UP);
  }

  @Test
  void forgetsOldDays() throws SQLException {
    ApiKey key = key(0, 5);
    accepted(key, 1);
    now = now.plus(Duration.ofDays(40));
    accepted(key, 2);
    List<Long> counted =
        database
            .jdbi()
            .withHandle(handle ->
                handle
                    .createQuery("select recipients from api_key_usage")
                    .mapTo(Long.class)
                    .list());
    assertThat(counted).containsExactly(2L);
  }

  private KeyAllowance open(Database opened) {
    return new KeyAllowance(opened, () -> now, nanos::get);
  }

  private void pass(Duration time) {
    nanos.addAndGet(time.toNanos());
  }

  private void accepted(ApiKey key, int recipients) throws SQLException {
    TreeMap<UUID, Integer> counts = new TreeMap<>();
    counts.put(key.id(), recipients);
    try (Connection connection = database.connect()) {
      KeyUsageStore.add(connection, counts, now);
    }
  }

  private static void take(KeyAllowance.Share share, int recipients) {
    for (int recipient = 0; recipient < recipients; recipient++) {
      assertThat(share.take()).isEqualTo(GRANTED);
    }
  }

  private static ApiKey key(int perMinute, int perDay) {
    return new ApiKey(
        UUID.randomUUID(),
        "shop",
        ApiKey.Permission.SENDING_ACCESS,
        new ApiKey.Sending(Set.of(), null, perMinute, perDay),
        Instant.EPOCH);
  }
}
