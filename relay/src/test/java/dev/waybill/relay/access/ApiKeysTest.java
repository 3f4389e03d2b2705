package dev.waybill.relay.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.relay.clock.SystemClock;
import dev.waybill.relay.clock.TimeOrderedIds;
import dev.waybill.relay.storage.Database;
import dev.waybill.relay.storage.DatabaseSettings;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ApiKeysTest {
  @TempDir Path folder;
  private Database database;
  private ApiKeys keys;

  @BeforeEach
  void open() {
    database =
        Database.open(new DatabaseSettings("jdbc:h2:file:" + folder.resolve("db"), "sa", "", 4));
    keys = openKeys();
  }

  @AfterEach
  void close() {
    database.close();
  }

  @Test
  void authenticatesTheTokenThatWasShownOnceAndNothingElse() {
    UUID domain = UUID.randomUUID();
    ApiKeys.Created created =
        keys.create("shop", ApiKey.Permission.SENDING_ACCESS, ApiKey.Sending.forDomain(domain));

    assertThat(created.token()).matches("wb_[0-9A-Za-z]{32}");
    assertThat(created.toString()).doesNotContain(created.token());
    assertThat(keys.authenticate(created.token())).contains(created.key());
    assertThat(created.key().sending().domains()).containsExactly(domain);
    for (String wrong :
        new String[] {
          "",
          "wb_",
          created.token() + "x",
          created.token().substring(1),
          created.token().toLowerCase(java.util.Locale.ROOT) + "-",
          "wb_" + "x".repeat(100_000)
        }) {
      assertThat(keys.authenticate(wrong)).isEmpty();
    }
  }

  @Test
  void storesNoSecret() {
    ApiKeys.Created created =
        keys.create("shop", ApiKey.Permission.FULL_ACCESS, ApiKey.Sending.ANYTHING);
    Set<String> stored =
        new HashSet<>(
            database
                .jdbi()
                .withHandle(handle ->
                    handle
                        .createQuery("select token_hash || name || permission from api_key")
                        .mapTo(String.class)
                        .list()));
    assertThat(stored).hasSize(1);
    assertThat(stored.iterator().next()).doesNotContain(created.token().substring(3));
  }

  @Test
  void survivesARestartAndListsOldestFirst() {
    ApiKeys.Created first =
        keys.create("first", ApiKey.Permission.FULL_ACCESS, ApiKey.Sending.ANYTHING);
    ApiKeys.Created second =
        keys.create("second", ApiKey.Permission.SENDING_ACCESS, ApiKey.Sending.ANYTHING);

    ApiKeys reopened = openKeys();

    assertThat(reopened.list()).containsExactly(first.key(), second.key());
    assertThat(reopened.authenticate(second.token())).contains(second.key());
  }

  @Test
  void removesAKeyAtOnceHereAndAtTheNextRefreshElsewhere() {
    ApiKeys.Created created =
        keys.create("shop", ApiKey.Permission.FULL_ACCESS, ApiKey.Sending.ANYTHING);
    ApiKeys otherNode = openKeys();

    assertThat(keys.remove(created.key().id())).isTrue();
    assertThat(keys.remove(created.key().id())).isFalse();

    assertThat(keys.authenticate(created.token())).isEmpty();
    assertThat(otherNode.authenticate(created.token())).isPresent();
    otherNode.refresh();
    assertThat(otherNode.authenticate(created.token())).isEmpty();
  }

  @Test
  void authenticatesWithoutTheDatabase() {
    ApiKeys.Created created =
        keys.create("shop", ApiKey.Permission.FULL_ACCESS, ApiKey.Sending.ANYTHING);
    database.close();
    assertThat(keys.authenticate(created.token())).isPresent();
  }

  @Test
  void namesTheProblemWithAName() {
    assertThatThrownBy(
            () -> keys.create(" ", ApiKey.Permission.FULL_ACCESS, ApiKey.Sending.ANYTHING))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected: 1 to 200 characters");
  }

  private ApiKeys openKeys() {
    return ApiKeys.open(
        database,
        new TimeOrderedIds(SystemClock.instants(), SystemClock.random()),
        SystemClock.instants(),
        SystemClock.random());
  }
}
