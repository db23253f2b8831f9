// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.index;

import io.leftfold.api.StreamName;
import io.leftfold.engine.Interleavings;
import io.leftfold.engine.disk.FaultyDisk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.UUID;
import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.Test;

/// The row of the index's parts, in any order of the steps of two threads: whoever has loaded the
/// end of the log finds what lies below it while segments take the place of tables, and a merged
/// one that of segments, which are closed; and no table is lost that the writer puts in meanwhile.
final class RowModelTest {

  /// What the parts do themselves: of tables that is [TableModelTest]'s, and segments do not
  /// change.
  private static final String[] PARTS = {
    "io.leftfold.engine.index.BloomFilter",
    "io.leftfold.engine.index.CheckedPages",
    "io.leftfold.engine.index.MemoryPostings",
    "io.leftfold.engine.index.MemoryStream",
    "io.leftfold.engine.index.MemoryTable",
    "io.leftfold.engine.index.PageReader",
    "io.leftfold.engine.index.Segment",
    "io.leftfold.engine.index.SegmentHeader",
    "io.leftfold.engine.index.SegmentPostings"
  };

  @Test
  void a_reader_finds_all_below_the_end_while_parts_are_replaced_and_closed() {
    Interleavings.check(ReadRow.class, 30, PARTS);
  }

  @Test
  void a_writer_loses_no_table_to_one_who_replaces_others() {
    Interleavings.check(WrittenRow.class, 100, PARTS);
  }

  /// Two full tables of one event. The segments that are to take their places are written already.
  static class TwoTables {

    static final StreamName STREAM = StreamName.of("account-7");
    private static final IndexKey KEY =
        new IndexKey(KeyKind.STREAM, STREAM.value(), KeyHash.STANDARD);
    private static final FaultyDisk DISK = new FaultyDisk(1);

    static {
      try {
        write(0, 1);
        write(1, 2);
        write(0, 2);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    final Row row = new Row();
    volatile long end;

    private final MemoryTable first = table(0, 1);
    private final MemoryTable second = table(1, 2);
    private final Segment firstWritten = open(0, 1);
    private final Segment secondWritten = open(1, 2);
    private final Segment merged = open(0, 2);
    private final KeyPostings kept = new KeyPostings(row, KEY);
    private int replaced;

    TwoTables() throws IOException {
      row.insert(first);
      row.insert(second);
      end = 2;
    }

    static MemoryTable table(long first, long end) {
      var table = new MemoryTable(first);
      for (var position = first; position < end; position++) {
        table.add(position, STREAM, position, "Opened", List.of(), null);
      }
      return table;
    }

    private static void write(long first, long end) throws IOException {
      var name = SegmentFiles.nameOf(first, end, 0);
      var table = table(first, end);
      try (var writer =
          new SegmentWriter(DISK, name, KeyHash.STANDARD, 4, SegmentWriter.Pace.FULL)) {
        writer.writeAll(new TableCursor(table));
        writer.finish(new UUID(1, 2), first, end, SegmentHeader.FORGOTTEN, new long[KeyKind.MAX]);
      }
    }

    private static Segment open(long first, long end) throws IOException {
      var name = SegmentFiles.nameOf(first, end, 0);
      try {
        return Segment.open(name, DISK.open(name), _ -> {});
      } catch (SegmentDamagedException e) {
        throw new IOException(e);
      }
    }

    final void replaceNext() {
      switch (replaced++) {
        case 0 -> row.replace(List.of(first), List.of(firstWritten));
        case 1 -> {
          row.replace(List.of(second), List.of(secondWritten));
          row.replace(List.of(firstWritten, secondWritten), List.of(merged));
        }
        default -> {}
      }
    }

    final void findAllBelowTheEnd() {
      var seen = end;
      expectAllBelow(seen, new KeyPostings(row, KEY));
      expectAllBelow(seen, kept);
    }

    private static void expectAllBelow(long end, Postings postings) {
      var count = postings.countBelow(end);
      if (count != end) {
        throw new AssertionError(end + " events expected, found " + count);
      }
      for (var ordinal = 0L; ordinal < count; ordinal++) {
        if (postings.at(ordinal) != ordinal) {
          throw new AssertionError(
              "position " + ordinal + " expected, found " + postings.at(ordinal));
        }
      }
    }
  }

  /// One reads, one replaces.
  public static final class ReadRow extends TwoTables {

    /// Two full tables and the live one, which is empty.
    public ReadRow() throws IOException {
      row.insert(new MemoryTable(2));
    }

    /// Puts segments in their place.
    @Operation(nonParallelGroup = "indexer")
    public void replace() {
      replaceNext();
    }

    /// What lies below the end is found.
    @Operation(nonParallelGroup = "reader")
    public void find() {
      findAllBelowTheEnd();
    }
  }

  /// One puts in tables, one replaces others.
  public static final class WrittenRow extends TwoTables {

    /// Two full tables.
    public WrittenRow() throws IOException {}

    /// Puts segments in their place.
    @Operation(nonParallelGroup = "indexer")
    public void replace() {
      replaceNext();
    }

    /// Puts in a table, and finds that the row covers all up to it.
    @Operation(nonParallelGroup = "writer")
    public void add() {
      var position = end;
      row.insert(table(position, position + 1));
      end = position + 1;
      var covered = 0L;
      for (var part : row.parts()) {
        if (part.first() != covered) {
          throw new AssertionError(
              "a part from %d on expected, found %d".formatted(covered, part.first()));
        }
        covered = part.end();
      }
      if (covered != end) {
        throw new AssertionError(end + " events expected, found " + covered);
      }
    }
  }
}
