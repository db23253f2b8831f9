// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.log;

import io.leftfold.api.ProposedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.engine.Interleavings;
import io.leftfold.engine.disk.MemoryDisk;
import java.io.IOException;
import java.util.List;
import java.util.UUID;
import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.Test;

/// The end of the log: whoever has loaded it finds the record before it, in any order of the steps
/// of writer and reader, while the writer fills a chunk, seals it and begins the next.
final class LogEndModelTest {

  @Test
  void whoever_has_loaded_the_end_finds_the_record_before_it() {
    Interleavings.check(WrittenLog.class, 100);
  }

  /// A log in memory, one writer and readers.
  public static final class WrittenLog {

    private static final UUID ID = new UUID(1, 2);
    private static final EncodedRecords RECORDS =
        EncodedRecords.of(
            StreamName.of("account-7"),
            List.of(
                ProposedEvent.json("Opened", "{}").withId(ID),
                ProposedEvent.json("Closed", "{}").withId(ID)));

    private final Log log;
    private final LogWriter writer;

    /// An empty log.
    public WrittenLog() throws IOException {
      this.log =
          Log.open(new MemoryDisk(), new LogOptions(4096, true, false), () -> ID, LogRig.CLOCK);
      this.writer = log.writer();
    }

    /// Writes two events in a commit.
    @Operation(nonParallelGroup = "writer")
    public void append() throws IOException {
      writer.begin();
      writer.add(RECORDS, 0);
      writer.end();
      writer.flush();
      writer.publish();
    }

    /// Seals the chunk and begins the next.
    @Operation(nonParallelGroup = "writer")
    public void roll() throws IOException {
      writer.roll(RECORDS.byteCount(), RECORDS.count());
    }

    /// The record before the end is the second of a commit.
    @Operation(nonParallelGroup = "reader")
    public void readLast() {
      var end = log.end();
      if (end > 0) {
        var revision = log.cursor().moveTo(end - 1).revision();
        if (revision != 1) {
          throw new AssertionError("revision 1 expected, found " + revision);
        }
      }
    }
  }
}
