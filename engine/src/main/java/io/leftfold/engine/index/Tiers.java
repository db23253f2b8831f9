// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.index;

import java.util.ArrayList;
import java.util.List;

/// Which segments are to be merged. Segments are of one *tier* if they cover about as many events:
/// a table's, or so often the number that is merged at once.
///
/// @param tableEvents how many events a table has
/// @param mergedSegments how many segments of one tier become one
record Tiers(int tableEvents, int mergedSegments) {

  /// Offsets in a segment have 32 bits; merging larger ones would gain little.
  private static final long MERGED_BYTES_MAX = 2L << 30;

  /// Merging counts from segments of about so many events on.
  private static final int SMALL_TABLE_EVENTS = 1024;

  /// The first neighbours that may be one; fewer than two if there are none.
  List<Segment> neighbours(Part[] row) {
    var run = new ArrayList<Segment>();
    var bytes = 0L;
    for (var part : row) {
      var follows = !run.isEmpty() && run.getLast().end() == part.first();
      var segment = part instanceof Segment whole && !whole.isDamaged() ? whole : null;
      if (follows && segment != null && bytes + segment.sizeBytes() <= MERGED_BYTES_MAX) {
        run.add(segment);
        bytes += segment.sizeBytes();
        continue;
      }
      if (run.size() > 1) {
        return run;
      }
      run.clear();
      bytes = 0;
      if (segment != null) {
        run.add(segment);
        bytes = segment.sizeBytes();
      }
    }
    return run;
  }

  /// Neighbours of one tier, from the first to the last of them, with what smaller ones there are
  /// between.
  List<Segment> full(Part[] row) {
    for (var tier = 0; tier < Long.SIZE; tier++) {
      var run = new ArrayList<Segment>();
      var ofTier = 0;
      var largest = 0;
      var end = 0L;
      for (var part : row) {
        if (part.first() != end) { // something is missing before it
          run.clear();
          ofTier = 0;
        }
        end = part.end();
        var itsTier = part instanceof Segment segment && !segment.isDamaged() ? tier(segment) : -1;
        largest = Math.max(largest, itsTier);
        if (itsTier < 0 || itsTier > tier) {
          run.clear();
          ofTier = 0;
        } else if (itsTier == tier || ofTier > 0) {
          run.add((Segment) part);
          ofTier += itsTier == tier ? 1 : 0;
          if (ofTier == mergedSegments) {
            if (run.stream().mapToLong(Segment::sizeBytes).sum() <= MERGED_BYTES_MAX) {
              return run;
            }
            run.clear();
            ofTier = 0;
          }
        }
      }
      if (tier > largest) {
        return List.of();
      }
    }
    return List.of();
  }

  /// Segments are about as large as a table, or smaller where a table was full of bytes sooner.
  private int tier(Segment segment) {
    var least = tableEvents;
    while (least / mergedSegments >= SMALL_TABLE_EVENTS) {
      least /= mergedSegments;
    }
    var tier = 0;
    for (var size = segment.size() / mergedSegments; size >= least; size /= mergedSegments) {
      tier++;
    }
    return tier;
  }
}
