// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli.kurrent;

import io.leftfold.api.EventStore;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.ResolvedEvent;
import io.leftfold.api.Tracking;
import io.leftfold.client.KurrentSource;
import io.leftfold.client.KurrentSource.SourceEvent;
import io.leftfold.engine.LocalEventStore;
import java.util.Arrays;
import java.util.Iterator;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/// Reads a source and its copy side by side, each in its order, and compares event with event:
/// stream, revision, id, type, content, data, metadata.
///
/// What the source has forgotten since it was copied (by a scavenge, say) is passed over in the
/// copy, and counted.
public final class KurrentComparison {

  private final KurrentSource source;
  private final EventStore copy;
  private long compared;
  private long onlyInCopy;

  /// Compares.
  ///
  /// @param source what was copied
  /// @param copy that nobody writes to meanwhile
  public KurrentComparison(KurrentSource source, EventStore copy) {
    this.source = source;
    this.copy = copy;
  }

  /// What came of it.
  ///
  /// @param compared events that are the same in both
  /// @param onlyInCopy events that the source does not have any more
  public record Outcome(long compared, long onlyInCopy) {}

  /// Compares everything up to a position.
  ///
  /// @param upTo in the source, inclusive
  /// @param progress is told now and then how many events were compared
  /// @param stop whether to end early
  /// @return the counts
  /// @throws CopyConflictException at the first difference
  public Outcome run(long upTo, LongConsumer progress, BooleanSupplier stop) {
    try (var originals = source.readAll(-1);
        var copies = copy.readAll(ReadOptions.forwards())) {
      var there = copies.iterator();
      while (!stop.getAsBoolean() && originals.hasNext()) {
        var original = originals.next();
        if (original.position() > upTo) {
          break;
        }
        if (Copied.isCopied(original.stream())) {
          compare(original, find(original, there));
          progress.accept(++compared);
        }
      }
    }
    return new Outcome(compared, onlyInCopy);
  }

  private @Nullable RecordedEvent find(SourceEvent original, Iterator<ResolvedEvent> there) {
    while (there.hasNext()) {
      var event = there.next().original();
      if (isOfTheCopy(event)) {
        continue;
      }
      if (isSamePlace(original, event)) {
        return event;
      }
      // A store that revives a deleted stream writes metadata of its own beside what was copied.
      if (!event.stream().isMetastream()) {
        onlyInCopy++;
      }
    }
    return null;
  }

  private static boolean isOfTheCopy(RecordedEvent event) {
    return event.stream().equals(LocalEventStore.GENESIS)
        || Tracking.isRecordedIn(event.stream())
        || event.type().equals(Copied.FORGOTTEN_TYPE);
  }

  private static boolean isSamePlace(SourceEvent original, RecordedEvent event) {
    if (!original.stream().equals(event.stream())) {
      return false;
    }
    return Copied.isTombstone(original.event())
        ? event.type().equals(RecordedEvent.TOMBSTONE_TYPE)
        : event.id().equals(original.event().id());
  }

  private static void compare(SourceEvent original, @Nullable RecordedEvent event) {
    var place =
        "revision %d of stream %s (position %d of the source)"
            .formatted(original.revision(), original.stream(), original.position());
    if (event == null) {
      throw new CopyConflictException("The copy lacks " + place);
    }
    if (Copied.isTombstone(original.event())) {
      return;
    }
    var same =
        (original.stream().isMetastream() || original.revision() == event.revision())
            && original.event().type().equals(event.type())
            && original.event().contentType() == event.contentType()
            && Arrays.equals(original.event().data(), event.data())
            && Arrays.equals(original.event().metadata(), event.metadata());
    if (!same) {
      throw new CopyConflictException(
          "The copy differs at %s: it has revision %d, type %s, %d bytes of data there"
              .formatted(place, event.revision(), event.type(), event.data().length));
    }
  }
}
