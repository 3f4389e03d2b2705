package dev.waybill.cli;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/// A command line in an empty home, before a relay that answers what a test says.
abstract class CommandTest {
  @TempDir Path home;
  FakeRelay relay;
  Shell shell;

  @BeforeEach
  void start() {
    relay = new FakeRelay();
    shell = new Shell(home, relay);
  }

  @AfterEach
  void stop() {
    relay.close();
  }
}
