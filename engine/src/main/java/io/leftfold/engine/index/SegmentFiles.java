// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.index;

import io.leftfold.api.CorruptLogException;
import io.leftfold.engine.disk.Disk;
import io.leftfold.engine.log.Log;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The segments of a directory: which of them belong to the log, and which are leftovers.
final class SegmentFiles {

  private static final System.Logger LOGGER = System.getLogger(SegmentFiles.class.getName());
  private static final Pattern NAME =
      Pattern.compile("segment-\\d{12,19}-\\d{12,19}(?:\\.(\\d{1,9}))?\\.index");

  private final Disk disk;
  private final Log log;
  private final Consumer<Segment> damageFound;

  SegmentFiles(Disk disk, Log log, Consumer<Segment> damageFound) {
    this.disk = disk;
    this.log = log;
    this.damageFound = damageFound;
  }

  /// The name of a segment.
  ///
  /// @param generation how often its range was written again without what is forgotten
  static String nameOf(long first, long end, int generation) {
    return String.format(
        Locale.ROOT,
        "segment-%012d-%012d%s.index",
        first,
        end,
        generation == 0 ? "" : "." + generation);
  }

  /// How often the range of a name was written again.
  static int generationOf(String name) {
    var parts = NAME.matcher(name);
    return parts.matches() && parts.group(1) != null ? Integer.parseInt(parts.group(1)) : 0;
  }

  static List<String> names(Disk disk) throws IOException {
    return disk.list().stream().filter(name -> NAME.matcher(name).matches()).sorted().toList();
  }

  /// Opens those that cover most, and of the same range those that were written last, in order.
  /// They do not overlap; there may be gaps between them.
  ///
  /// @param leftovers gets the names of all others
  List<Segment> open(List<String> leftovers) throws IOException {
    var all = new ArrayList<Segment>();
    var taken = new ArrayList<Segment>();
    try {
      for (var name : names(disk)) {
        var segment = open(name);
        if (segment == null) {
          leftovers.add(name);
        } else {
          all.add(segment);
        }
      }
      all.sort(
          Comparator.comparingLong(Segment::first)
              .thenComparing(Comparator.comparingLong(Segment::end).reversed())
              .thenComparing(Comparator.comparingInt(Segment::generation).reversed()));
      var end = 0L;
      for (var segment : all) {
        if (segment.first() >= end) {
          taken.add(segment);
          end = segment.end();
        } else {
          leftovers.add(segment.name());
          segment.close();
        }
      }
      return taken;
    } catch (IOException | RuntimeException e) {
      closeAll(all);
      throw e;
    }
  }

  static void closeAll(List<Segment> segments) {
    for (var segment : segments) {
      try {
        segment.close();
      } catch (IOException e) {
        LOGGER.log(System.Logger.Level.WARNING, segment.describe() + " was not closed", e);
      }
    }
  }

  /// Opens one that must be there.
  ///
  /// @throws SegmentDamagedException if it is not a segment of this log
  Segment openOne(String name) throws IOException, SegmentDamagedException {
    var file = disk.open(name);
    try {
      var segment = Segment.open(name, file, damageFound);
      requireOfThisLog(segment);
      return segment;
    } catch (IOException | RuntimeException | SegmentDamagedException e) {
      file.close();
      throw e;
    }
  }

  /// Opens one.
  ///
  /// @return null if it is not a segment of this log
  private @Nullable Segment open(String name) throws IOException {
    try {
      return openOne(name);
    } catch (SegmentDamagedException e) {
      LOGGER.log(
          System.Logger.Level.INFO,
          "{0} at byte {1}: {2}. Its range is read from the log",
          disk.describe(name),
          e.offset(),
          e.finding());
      return null;
    } catch (FileNotFoundException | NoSuchFileException e) {
      return null; // a store that is open beside this one has merged it
    }
  }

  private void requireOfThisLog(Segment segment) throws SegmentDamagedException {
    var header = segment.header();
    if (!header.storeId().equals(log.storeId())) {
      throw new SegmentDamagedException(
          16,
          "a segment of store %s expected, found one of %s"
              .formatted(log.storeId(), header.storeId()));
    }
    if (!segment.name().equals(nameOf(header.first(), header.end(), segment.generation()))
        || header.first() < 0
        || header.first() >= header.end()) {
      throw new SegmentDamagedException(
          32,
          "the range of the name expected, found %d to %d".formatted(header.first(), header.end()));
    }
    if (header.end() > log.end()) {
      throw new SegmentDamagedException(
          40,
          "an end of at most %d expected, for there the log ends, found %d"
              .formatted(log.end(), header.end()));
    }
    try {
      var last = SegmentHeader.lastEvent(log, header.end());
      // Of an event that is forgotten nobody knows what it was when the segment was written.
      if (!last.equals(SegmentHeader.FORGOTTEN) && !last.equals(header.lastEvent())) {
        throw new SegmentDamagedException(
            48,
            "event %s at position %d expected, the log has %s there"
                .formatted(header.lastEvent(), header.end() - 1, last));
      }
    } catch (CorruptLogException e) {
      LOGGER.log(System.Logger.Level.WARNING, e.getMessage()); // whoever reads it will be told
    }
  }
}
