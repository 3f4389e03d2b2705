package dev.waybill.relay.transcripts;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/// Where blocks are kept. One thread puts and forgets, any thread may look.
interface Shelf extends AutoCloseable {
  /// Keeps a block. It need not survive a crash.
  ///
  /// @throws IOException when it is not kept
  void put(Block block) throws IOException;

  /// The contents of the blocks that have attempts at a message's deliveries, the oldest first.
  ///
  /// @param since blocks that were over before are left out
  /// @throws IOException when they cannot be read
  List<byte[]> find(UUID messageId, Instant since) throws IOException;

  /// Lets go of what is too old or too much.
  ///
  /// @throws IOException when that could not be done now
  void forget(Instant now) throws IOException;

  @Override
  void close();
}
