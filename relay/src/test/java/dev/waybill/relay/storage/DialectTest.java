package dev.waybill.relay.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.h2.engine.SessionLocal;
import org.h2.jdbc.JdbcConnection;
import org.h2.store.fs.FileBase;
import org.h2.store.fs.FilePath;
import org.h2.store.fs.FilePathWrapper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DialectTest {
  private final FilePath files = new HeldFiles();
  @TempDir Path folder;

  @BeforeEach
  void register() {
    FilePath.register(files);
  }

  @AfterEach
  void unregister() {
    HeldFiles.release.countDown();
    FilePath.unregister(files);
  }

  @Test
  void aSyncWaitsForTheWriteThatIsUnderWay() throws Exception {
    String url = "jdbc:h2:held:" + folder.resolve("db") + ";WRITE_DELAY=1000000";
    try (Database database = Database.open(new DatabaseSettings(url, "sa", "", 2));
        Connection connection = database.connect()) {
      database.durably(handle -> handle.execute("create table item (name varchar(10))"));
      database.jdbi().useHandle(handle -> handle.execute("insert into item values ('one')"));
      HeldFiles.hold();
      writeBesides(connection);
      HeldFiles.begun.await();

      Thread syncing = Thread.ofPlatform().start(() -> sync(connection));
      while (syncing.getState() != Thread.State.WAITING
          && syncing.getState() != Thread.State.TERMINATED) {
        Thread.onSpinWait();
      }
      assertThat(syncing.isAlive()).isTrue();
      HeldFiles.release.countDown();
      syncing.join();

      assertThat(HeldFiles.DONE).contains("write").endsWith("force");
    }
  }

  /// What H2 does by itself when much has changed, and twice a second.
  private static void writeBesides(Connection connection) throws SQLException {
    if (connection.unwrap(JdbcConnection.class).getSession() instanceof SessionLocal session) {
      session.getDatabase().getStore().getMvStore().tryCommit();
    }
  }

  private static void sync(Connection connection) {
    try {
      Dialect.H2.sync(connection);
    } catch (SQLException failure) {
      throw new StorageException("not synced", failure);
    }
  }

  /// Files whose writes can be held up. H2 makes one for each path, so what they share is static.
  public static final class HeldFiles extends FilePathWrapper {
    private static final List<String> DONE = new CopyOnWriteArrayList<>();
    private static volatile CountDownLatch begun = new CountDownLatch(0);
    private static volatile CountDownLatch release = new CountDownLatch(0);

    static void hold() {
      DONE.clear();
      begun = new CountDownLatch(1);
      release = new CountDownLatch(1);
    }

    @Override
    public String getScheme() {
      return "held";
    }

    @Override
    public FileChannel open(String mode) throws IOException {
      return new HeldFile(super.open(mode));
    }
  }

  private static final class HeldFile extends FileBase {
    private final FileChannel file;

    private HeldFile(FileChannel file) {
      this.file = file;
    }

    @Override
    public int write(ByteBuffer bytes, long position) throws IOException {
      HeldFiles.begun.countDown();
      try {
        HeldFiles.release.await();
      } catch (InterruptedException interrupted) {
        throw new UncheckedIOException(new IOException(interrupted));
      }
      int count = file.write(bytes, position);
      HeldFiles.DONE.add("write");
      return count;
    }

    @Override
    public void force(boolean metaData) throws IOException {
      file.force(metaData);
      HeldFiles.DONE.add("force");
    }

    @Override
    public int read(ByteBuffer bytes, long position) throws IOException {
      return file.read(bytes, position);
    }

    @Override
    public int read(ByteBuffer bytes) throws IOException {
      return file.read(bytes);
    }

    @Override
    public int write(ByteBuffer bytes) throws IOException {
      return file.write(bytes);
    }

    @Override
    public long position() throws IOException {
      return file.position();
    }

    @Override
    public FileChannel position(long position) throws IOException {
      file.position(position);
      return this;
    }

    @Override
    public long size() throws IOException {
      return file.size();
    }

    @Override
    public FileChannel truncate(long size) throws IOException {
      file.truncate(size);
      return this;
    }

    @Override
    public FileLock tryLock(long position, long size, boolean shared) throws IOException {
      return file.tryLock(position, size, shared);
    }

    @Override
    protected void implCloseChannel() throws IOException {
      file.close();
    }
  }
}
