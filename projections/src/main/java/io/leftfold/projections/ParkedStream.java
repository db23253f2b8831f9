// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import io.leftfold.api.AsOf;
import io.leftfold.api.EventStore;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.ResolvedEvent;
import io.leftfold.projections.storage.ParkedRecord;
import io.leftfold.projections.storage.ProjectionStreams;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.ObjLongConsumer;

/// What is parked at an epoch, as the stream of it says. It may be very much, so it is gone through
/// record by record, and nothing is kept but what was asked for.
///
/// @param store the store
/// @param streams the projection's
/// @param epoch the epoch
/// @param moment which moment of the store is read
record ParkedStream(EventStore store, ProjectionStreams streams, long epoch, AsOf moment) {

  /// A page is chosen among so many entries at most, of which only places are known. There are more
  /// of them than a page has, for some will turn out to be parked no more.
  private static final int PLACES = 50_000;

  /// What the entries of a page may come to together, unless it is one.
  private static final long PAGE_CHARS = 4L << 20;

  /// As it is now.
  static ParkedStream now(EventStore store, ProjectionStreams streams, long epoch) {
    return new ParkedStream(store, streams, epoch, AsOf.now());
  }

  /// Goes through what was said, with the revision of each.
  void forEach(ObjLongConsumer<ParkedRecord> taker) {
    try (var read = store.read(streams.parked(), ReadOptions.forwards().asOf(moment))) {
      for (var resolved : read) {
        said(resolved).ifPresent(record -> taker.accept(record, resolved.original().revision()));
      }
    }
  }

  private Optional<ParkedRecord> said(ResolvedEvent resolved) {
    return resolved.event().flatMap(ParkedRecord::of).filter(said -> epochOf(said) == epoch);
  }

  private static long epochOf(ParkedRecord said) {
    return switch (said) {
      case ParkedRecord.Parked parked -> parked.epoch();
      case ParkedRecord.Released(var epoch, _) -> epoch;
    };
  }

  /// How many events and partitions are parked.
  int count() {
    var counted = new int[1];
    forEach((said, _) -> counted[0] += said instanceof ParkedRecord.Parked ? 1 : -1);
    return counted[0];
  }

  /// Whether a partition is.
  boolean holds(String partition) {
    var since = new long[] {-1};
    forEach((said, _) -> {
      switch (said) {
        case ParkedRecord.Parked entry -> {
          if (entry.wholePartition() && entry.partition().filter(partition::equals).isPresent()) {
            since[0] = entry.position();
          }
        }
        case ParkedRecord.Released(_, var position) -> {
          if (since[0] == position) {
            since[0] = -1;
          }
        }
      }
    });
    return since[0] >= 0;
  }

  /// What is parked at a position.
  Optional<ParkedRecord.Parked> at(long position) {
    return page(position, 1).stream().filter(entry -> entry.position() == position).findFirst();
  }

  /// Some of what is parked, in the order of positions; nothing if there is no more.
  ///
  /// @param from the first position
  /// @param limit the most to give, above 0; fewer if they are long
  List<ParkedRecord.Parked> page(long from, int limit) {
    return page(from, limit, PLACES);
  }

  /// @param places among how many it is chosen
  List<ParkedRecord.Parked> page(long from, int limit, int places) {
    var chosen = new Places(from, Math.max(limit, places));
    do {
      chosen.clear();
      forEach(chosen::take);
    } while (chosen.isInVain());
    var page = new ArrayList<ParkedRecord.Parked>();
    var chars = 0L;
    for (var revision : chosen.revisions()) {
      if (page.size() == limit) {
        break;
      }
      var entry = entry(revision);
      chars += entry.chars();
      if (!page.isEmpty() && chars > PAGE_CHARS) {
        break;
      }
      page.add(entry);
    }
    return page;
  }

  private ParkedRecord.Parked entry(long revision) {
    var options = ReadOptions.forwards().from(revision).limit(1).asOf(moment);
    try (var read = store.read(streams.parked(), options)) {
      return read.stream()
          .flatMap(resolved -> said(resolved).stream())
          .filter(ParkedRecord.Parked.class::isInstance)
          .map(ParkedRecord.Parked.class::cast)
          .findFirst()
          .orElseThrow(() ->
              new IllegalStateException(
                  "%s had an entry at revision %d and has none"
                      .formatted(streams.parked(), revision)));
    }
  }

  /// The lowest places from one on.
  private static final class Places {
    private final TreeMap<Long, Long> byPosition = new TreeMap<>();
    private final int most;
    private long from;
    private long end = Long.MAX_VALUE;

    Places(long from, int most) {
      this.from = from;
      this.most = most;
    }

    void take(ParkedRecord said, long revision) {
      switch (said) {
        case ParkedRecord.Parked entry -> {
          if (from <= entry.position() && entry.position() < end) {
            byPosition.put(entry.position(), revision);
            if (byPosition.size() > most) {
              end = byPosition.pollLastEntry().getKey();
            }
          }
        }
        case ParkedRecord.Released(_, var position) -> byPosition.remove(position);
      }
    }

    /// Whether none of those that there was room for is parked any more, and there are others.
    boolean isInVain() {
      return byPosition.isEmpty() && end < Long.MAX_VALUE;
    }

    void clear() {
      from = end < Long.MAX_VALUE ? end : from;
      end = Long.MAX_VALUE;
      byPosition.clear();
    }

    Iterable<Long> revisions() {
      return byPosition.values();
    }
  }
}
