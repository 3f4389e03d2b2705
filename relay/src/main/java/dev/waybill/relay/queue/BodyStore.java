package dev.waybill.relay.queue;

import dev.waybill.relay.storage.GroupCommit;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/// Where submitted bytes live until the last recipient is settled, and as long as they are retained
/// after that.
///
/// Bodies are written on the committing thread; one thread at a time sweeps; any thread may read.
/// As a lane of the commit it copies survivors behind the newest bodies and points their rows
/// there; the old bodies stay until a sweep finds that nobody needs them.
sealed interface BodyStore extends GroupCommit.Writer<BodyStore.Survivor>
    permits SegmentBodyStore, TableBodyStore {
  /// Puts the bodies on stable storage before the transaction begins and notes each location.
  void append(List<Accepting> messages) throws IOException;

  /// Writes the bodies as part of the transaction.
  void insert(Connection connection, List<Accepting> messages) throws SQLException;

  /// Reads a body back.
  ///
  /// @throws IOException when it is not there or not what was written
  byte[] read(UUID messageId, BodyLocation location) throws IOException;

  /// Removes bodies that no waiting delivery needs and that have been retained for long enough.
  ///
  /// @param wanted how many octets the disk lacks, for which more is to go; 0 for none
  /// @return bodies that alone keep a segment from going; to be copied forward
  List<Survivor> sweep(Instant now, long wanted) throws SQLException, IOException;

  /// Whether room on the watched disk could be made by retaining less.
  boolean retains();

  /// A body that outlived its neighbours.
  record Survivor(UUID messageId, BodyLocation location) {}
}
