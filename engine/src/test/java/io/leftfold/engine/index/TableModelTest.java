// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.index;

import io.leftfold.api.StreamName;
import io.leftfold.api.Tag;
import io.leftfold.engine.Interleavings;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// The live table of the index: one thread adds and then publishes the end, another loads the end
/// and finds in each list what lies below it, in any order of their steps.
final class TableModelTest {

  @Test
  void whoever_has_loaded_the_end_finds_all_below_it_in_each_list() {
    Interleavings.check(PublishedTable.class, 100);
  }

  /// A table and an end.
  public static final class PublishedTable {

    private static final StreamName STREAM = StreamName.of("account-7");
    private static final List<Tag> TAGS = List.of(Tag.of("red"));
    private static final Map<KeyKind, IndexKey> KEYS = new EnumMap<>(KeyKind.class);

    static {
      key(KeyKind.STREAM, STREAM.value());
      key(KeyKind.CATEGORY, "account");
      key(KeyKind.TYPE, "Opened");
      key(KeyKind.TAG, "red");
    }

    private final MemoryTable table = new MemoryTable(0);
    private volatile long end;

    private static void key(KeyKind kind, String text) {
      KEYS.put(kind, new IndexKey(kind, text, KeyHash.STANDARD));
    }

    /// Adds an event.
    @Operation(nonParallelGroup = "writer")
    public void add() {
      var position = end;
      table.add(position, STREAM, position, "Opened", TAGS, null);
      end = position + 1;
    }

    /// What lies below the end is in each list.
    @Operation(nonParallelGroup = "reader")
    public void find() {
      var seen = end;
      for (var key : KEYS.values()) {
        expectAllBelow(seen, table.find(key), key.kind);
      }
    }

    private static void expectAllBelow(long end, @Nullable PartPostings found, KeyKind kind) {
      var count = found == null ? 0 : found.count();
      if (count < end) {
        throw new AssertionError(kind + ": " + end + " events expected, found " + count);
      }
      for (var i = 0; found != null && i < count; i++) {
        if (found.at(i) != i) {
          throw new AssertionError(kind + ": place " + i + " expected, found " + found.at(i));
        }
      }
    }
  }
}
