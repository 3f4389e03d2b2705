package dev.waybill.relay.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FirstKeyTest {
  @TempDir private Path folder;
  private final AtomicInteger keys = new AtomicInteger();

  @Test
  void writesTheKeyOnceAndForItsOwnerOnly() throws Exception {
    ensure();
    ensure();

    assertThat(file()).hasContent("token-1\n");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
        .isEqualTo("rw-------");
    assertThat(folder).isDirectoryNotContaining(path -> !path.equals(file()));
  }

  @Test
  void makesNoKeyWhenTheOperatorRemovedTheFile() throws Exception {
    ensure();
    Files.delete(file());
    ensure();

    assertThat(file()).doesNotExist();
    assertThat(keys).hasValue(1);
  }

  @Test
  void makesAnotherKeyAfterACrashThatNobodySawTheFirstOneOf() throws Exception {
    assertThatThrownBy(() ->
            FirstKey.ensure(
                folder,
                () -> true,
                () -> {
                  keys.incrementAndGet();
                  throw new IllegalStateException("crash");
                }))
        .hasMessage("crash");
    ensure();

    assertThat(file()).hasContent("token-2\n");
  }

  private void ensure() throws Exception {
    FirstKey.ensure(folder, () -> keys.get() == 0, () -> "token-" + keys.incrementAndGet());
  }

  private Path file() {
    return folder.resolve(FirstKey.FILE);
  }
}
