// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.index;

import io.leftfold.api.UnavailableException;
import io.leftfold.engine.disk.Disk;
import io.leftfold.engine.log.Log;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/// Checks everything in the segments of an index: every page, the order of keys and places, that
/// every event has a stream and a type, and that every key is found.
public final class SegmentInspection {

  private final Disk disk;
  private final Log log;
  private final SegmentFiles files;
  private final KeyHash hash;
  private final Consumer<Finding> findings;

  /// Something that is not as it should be.
  ///
  /// @param file the segment
  /// @param offset the byte in it
  /// @param text what was expected and what was found
  public record Finding(String file, long offset, String text) {}

  /// What was looked at.
  ///
  /// @param bytes the size of the file
  /// @param events how many it covers; 0 if it is not a segment of this log
  public record Inspected(long bytes, long events) {}

  /// Over the index of a log.
  ///
  /// @param findings is told of each
  public SegmentInspection(Disk disk, Log log, Consumer<Finding> findings) {
    this(disk, log, KeyHash.STANDARD, findings);
  }

  SegmentInspection(Disk disk, Log log, KeyHash hash, Consumer<Finding> findings) {
    this.disk = disk;
    this.log = log;
    this.files = new SegmentFiles(disk, log, _ -> {});
    this.hash = hash;
    this.findings = findings;
  }

  /// The names of the files that there are.
  public List<String> names() throws IOException {
    return SegmentFiles.names(disk);
  }

  /// Checks one file.
  public Inspected inspect(String name) throws IOException {
    try (var segment = files.openOne(name)) {
      segment.pages().requireAll();
      inspectKeys(segment);
      return new Inspected(segment.sizeBytes(), segment.size());
    } catch (SegmentDamagedException e) {
      findings.accept(new Finding(disk.describe(name), e.offset(), e.finding()));
    } catch (UnavailableException e) {
      findings.accept(new Finding(disk.describe(name), 0, String.valueOf(e.getMessage())));
    }
    return new Inspected(0, 0);
  }

  private void inspectKeys(Segment segment) throws SegmentDamagedException {
    var cursor = new SegmentCursor(segment);
    var before = new byte[0];
    var keys = 0L;
    var places = new long[KeyKind.MAX];
    while (cursor.next()) {
      var key = Arrays.copyOf(cursor.key(), cursor.keyLength());
      if (IndexKey.compare(before, before.length, key, key.length) >= 0) {
        throw new SegmentDamagedException(
            SegmentHeader.BYTES, "keys in order expected, found \"%s\"".formatted(cursor.text()));
      }
      inspectPlaces(segment, cursor);
      inspectFinding(segment, cursor);
      places[key[0]] += cursor.count();
      before = key;
      keys++;
    }
    requireEqual(64, "keys", segment.header().keys(), keys);
    requireStreams(segment, places[KeyKind.STREAM.code()]);
    requireEqual(40, "events of types", segment.size(), places[KeyKind.TYPE.code()]);
  }

  /// A segment that was written after a scavenge has no stream for what is forgotten.
  private void requireStreams(Segment segment, long found) throws SegmentDamagedException {
    var cursor = log.cursor();
    var forgotten = 0L;
    if (found < segment.size()) {
      for (var position = segment.first(); position < segment.end(); position++) {
        forgotten += cursor.moveToIfThere(position) ? 0 : 1;
      }
    }
    if (found > segment.size() || found < segment.size() - forgotten) {
      requireEqual(40, "events of streams", segment.size(), found);
    }
  }

  private static void requireEqual(long offset, String what, long expected, long found)
      throws SegmentDamagedException {
    if (expected != found) {
      throw new SegmentDamagedException(
          offset, "%d %s expected, found %d".formatted(expected, what, found));
    }
  }

  private static void inspectPlaces(Segment segment, SegmentCursor cursor)
      throws SegmentDamagedException {
    cursor.rewind();
    var before = -1L;
    for (var i = 0L; i < cursor.count(); i++) {
      var place = cursor.nextPlace();
      if (place <= before || place >= segment.size()) {
        throw new SegmentDamagedException(
            SegmentHeader.BYTES,
            "a place of \"%s\" behind %d and below %d expected, found %d"
                .formatted(cursor.text(), before, segment.size(), place));
      }
      before = place;
    }
  }

  private void inspectFinding(Segment segment, SegmentCursor cursor)
      throws SegmentDamagedException {
    var key = new IndexKey(KeyKind.of(cursor.key()[0]), cursor.text(), hash);
    var found = segment.find(key);
    if (found == null || found.count() != cursor.count()) {
      throw new SegmentDamagedException(
          segment.header().bloomAt(), "\"%s\" expected to be found".formatted(cursor.text()));
    }
  }
}
