// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks.soak;

import io.leftfold.api.EventStore;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.ReadOptions.Direction;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.StreamTombstonedException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// Compares what a read of a stream gives with what was acknowledged.
///
/// @param name of who compares
record StreamComparison(String name, Ledger ledger, Violations violations) {

  /// Compares all of a stream, or a part. Exact, unless the stream is being written meanwhile: then
  /// what is under way may be there or not.
  ///
  /// @param options direction, start and limit
  void compare(EventStore store, SoakStream stream, ReadOptions options) {
    var first = stream.firstReadable();
    var least = stream.acknowledged();
    List<RecordedEvent> found;
    try (var read = store.read(stream.name(), options)) {
      found = new ArrayList<>(read.events());
    } catch (StreamTombstonedException e) {
      if (stream.life() != SoakStream.Life.TOMBSTONED) {
        report(stream, "is tombstoned, which nobody did");
      }
      return;
    }
    var most = Math.max(stream.proposed(), stream.acknowledged());
    if (stream.life() == SoakStream.Life.TOMBSTONED) {
      report(stream, "was tombstoned, and is read");
      return;
    }
    if (options.direction() == Direction.BACKWARDS) {
      Collections.reverse(found);
    }
    contents(stream, found);
    switch (stream.retention()) {
      case AGED -> {} // nobody knows how many are left
      case KEPT, CLAIMS, CAPPED, CUT, BRIEF -> bounds(stream, options, found, first, least, most);
    }
  }

  private void contents(SoakStream stream, List<RecordedEvent> found) {
    var before = -1L;
    for (var event : found) {
      ledger.seen(name, event);
      if (!event.stream().equals(stream.name())) {
        report(stream, "is read, and gives " + event);
      }
      if (before >= 0 && event.revision() != before + 1) {
        report(stream, "gives %s behind revision %d".formatted(event, before));
      }
      before = event.revision();
    }
  }

  private void bounds(
      SoakStream stream,
      ReadOptions options,
      List<RecordedEvent> found,
      long first,
      long least,
      long most) {
    var fewest = count(options, first, least);
    var greatest = count(options, first, most);
    // A stream that holds so many gives the last ones, whatever is under way.
    var lowest =
        stream.retention() == Retention.CAPPED ? Math.max(0, fewest - (most - least)) : fewest;
    if (found.size() < lowest || found.size() > Math.max(fewest, greatest)) {
      report(
          stream,
          "has %d to %d events from %d, but a read %s from %d of up to %d gave %d"
              .formatted(
                  least,
                  most,
                  first,
                  options.direction(),
                  options.from(),
                  options.limit(),
                  found.size()));
      return;
    }
    if (found.isEmpty() || least != most) {
      return;
    }
    var expected =
        options.direction() == Direction.FORWARDS
            ? Math.max(first, options.from())
            : Math.min(least - 1, options.from()) - found.size() + 1;
    if (found.getFirst().revision() != expected) {
      report(
          stream,
          "is read from revision %d, and gives %s first".formatted(expected, found.getFirst()));
    }
  }

  /// How many events a read gives of a stream from a first revision up to an end.
  private static long count(ReadOptions options, long first, long end) {
    var count =
        options.direction() == Direction.FORWARDS
            ? end - Math.max(first, options.from())
            : Math.min(end - 1, options.from()) - first + 1;
    return Math.clamp(count, 0, options.limit());
  }

  private void report(SoakStream stream, String finding) {
    violations.report("%s: %s %s".formatted(name, stream.name(), finding));
  }
}
