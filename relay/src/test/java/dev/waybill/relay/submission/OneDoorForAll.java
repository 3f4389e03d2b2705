package dev.waybill.relay.submission;

import dev.waybill.relay.testing.RunningSubmission;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// One running door for all tests of a class; each finds it as if new.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class OneDoorForAll {
  RunningSubmission relay;

  @BeforeAll
  void start(@TempDir Path folder) throws IOException {
    relay = RunningSubmission.start(folder);
  }

  @BeforeEach
  void reset() {
    relay.reset();
  }

  @AfterAll
  void stop() {
    relay.close();
  }
}
