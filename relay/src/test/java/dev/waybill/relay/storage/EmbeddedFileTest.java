package dev.waybill.relay.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedFileTest {
  private static final int SYNCS = 60;

  @TempDir Path folder;

  /// Space is used again at once here, so that the file's parts lie elsewhere than foretold.
  @Test
  void whatWasSyncedIsFoundInACopyOfTheFileAsACrashWouldLeaveIt() throws Exception {
    String url = "jdbc:h2:file:" + folder.resolve("db");
    try (Database database = Database.open(new DatabaseSettings(url, "sa", "", 2))) {
      database.durably(handle -> handle.execute("set retention_time 0"));
      database.durably(handle -> handle.execute("create table item (id int, text varchar(40000))"));
      for (int id = 1; id <= SYNCS; id++) {
        int number = id;
        database.durably(handle ->
            handle.execute("insert into item values (?, ?)", number, text(number))
                + handle.execute("delete from item where id = ?", number - 3));
        assertThat(newestIn(folder.resolve("db.mv.db"))).isEqualTo(id);
      }
    }
  }

  @Test
  void whatIsLeftInMostlyDeadPartsIsMovedTogetherAndOutlivesACrash() throws Exception {
    String url = "jdbc:h2:file:" + folder.resolve("db");
    try (Database database = Database.open(new DatabaseSettings(url, "sa", "", 2))) {
      database.durably(handle -> handle.execute("set retention_time 0"));
      database.durably(
          handle -> handle.execute("create table item (id int primary key, text varchar)"));
      for (int id = 1; id <= SYNCS; id++) {
        int first = id * 100;
        database.durably(handle -> {
          for (int row = first; row < first + 100; row++) {
            handle.execute("insert into item values (?, ?)", row, "x".repeat(1_000));
          }
          return null;
        });
      }
      database.durably(handle -> handle.execute("delete from item where mod(id, 100) > 12"));
      database.durably(handle -> handle.execute("create table later (id int)"));
      assertThat(fillRate(database)).isLessThan(50);

      database.tidy();

      assertThat(fillRate(database)).isGreaterThanOrEqualTo(50);
      assertThat(newestIn(folder.resolve("db.mv.db"))).isEqualTo(SYNCS * 100 + 12);
    }
  }

  private static int fillRate(Database database) {
    return database
        .jdbi()
        .withHandle(handle ->
            handle
                .select(
                    """
                    select setting_value from information_schema.settings
                    where setting_name = 'info.CHUNKS_FILL_RATE'
                    """)
                .mapTo(Integer.class)
                .one());
  }

  private static String text(int number) {
    return "x".repeat(number * 7_919 % 30_000);
  }

  private int newestIn(Path file) throws Exception {
    Path copy = folder.resolve("copy.mv.db");
    Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING);
    String url = "jdbc:h2:file:" + folder.resolve("copy");
    try (Connection connection = DriverManager.getConnection(url, "sa", "");
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("select max(id) from item")) {
      row.next();
      return row.getInt(1);
    }
  }
}
