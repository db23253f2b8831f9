// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks.soak;

import io.leftfold.api.AppendCondition;
import io.leftfold.api.AppendResult;
import io.leftfold.api.Commit;
import io.leftfold.api.ConditionFailedException;
import io.leftfold.api.EventStore;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.Query;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.StreamAppend;
import io.leftfold.api.StreamMetadata;
import io.leftfold.api.StreamState;
import io.leftfold.api.StreamTombstonedException;
import io.leftfold.api.UnavailableException;
import io.leftfold.api.WrongExpectedStateException;
import io.leftfold.benchmarks.soak.Latencies.Kind;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;

/// The only one to write its streams, so it always knows what they hold. What is not answered it
/// repeats, with the same ids, until it is.
final class Writer {

  private static final int COMMIT_EVENTS_MAX = 8;
  private static final int PARTS_MAX = 3;
  private static final int READ_EVENTS_MAX = 100;
  private static final int BRIEF_LIVE_MAX = 10;

  private final int number;
  private final SoakState state;
  private final Calls calls;
  private final SplittableRandom random;
  private final StreamComparison comparison;
  private final List<SoakStream> streams = new ArrayList<>();
  private final List<SoakStream> briefs = new ArrayList<>();
  private final SoakStream claims;
  private long briefCount;

  Writer(int number, int streamCount, SoakState state, Calls calls, SplittableRandom random) {
    this.number = number;
    this.state = state;
    this.calls = calls;
    this.random = random;
    this.comparison = new StreamComparison("writer " + number, state.ledger(), state.violations());
    for (var i = 0; i < streamCount; i++) {
      // Six of ten stay for ever.
      var retention =
          switch (i % 10) {
            case 6, 7 -> Retention.CAPPED;
            case 8 -> Retention.AGED;
            case 9 -> Retention.CUT;
            default -> Retention.KEPT;
          };
      streams.add(state.add(new SoakStream(retention, (long) i * SoakState.WRITERS_MAX + number)));
    }
    this.claims = state.add(new SoakStream(Retention.CLAIMS, number));
  }

  /// One thing or another.
  ///
  /// @return how many events it appended
  int step() {
    var chance = random.nextInt(100);
    if (chance < 66) {
      return append(List.of(chosen()));
    } else if (chance < 74) {
      return append(several());
    } else if (chance < 82) {
      return claim();
    } else if (chance < 90) {
      return brief();
    } else if (chance < 92) {
      return truncate();
    } else if (chance < 93) {
      return beWrong();
    }
    compare();
    return 0;
  }

  /// The last event that anybody appends, in a stream that stays for ever. What comes behind it are
  /// notes of the store about itself.
  ///
  /// @return its position
  long finish() {
    var last = streams.getFirst();
    append(List.of(last));
    return calls.repeated(store -> {
      try (var read = store.read(last.name(), ReadOptions.backwards().limit(1))) {
        return read.events().getFirst().position();
      }
    });
  }

  private SoakStream chosen() {
    return streams.get(random.nextInt(streams.size()));
  }

  private List<SoakStream> several() {
    var several = new HashSet<SoakStream>();
    while (several.size() < Math.min(PARTS_MAX, streams.size())) {
      several.add(chosen());
    }
    return List.copyOf(several);
  }

  private int append(List<SoakStream> to) {
    for (var stream : to) {
      var metadata = stream.retention().metadata();
      if (stream.proposed() == 0 && !metadata.equals(StreamMetadata.none())) {
        calls.repeated(store -> store.writeMetadata(stream.name(), ExpectedState.any(), metadata));
      }
    }
    var parts = new ArrayList<StreamAppend>();
    for (var stream : to) {
      var proposed = new ArrayList<ProposedEvent>();
      var count = 1 + random.nextInt(COMMIT_EVENTS_MAX / to.size());
      for (var i = 0; i < count; i++) {
        proposed.add(state.events().at(stream.name(), stream.acknowledged() + i));
      }
      parts.add(new StreamAppend(stream.name(), expected(stream), proposed));
      stream.propose(count);
    }
    var commit = Commit.of(parts);
    var result = calls.untilAnswered(Kind.APPEND, store -> store.append(commit));
    acknowledge(to, commit, result);
    if (random.nextInt(100) == 0) {
      repeat(commit, result);
    }
    return parts.stream().mapToInt(part -> part.events().size()).sum();
  }

  private static ExpectedState expected(SoakStream stream) {
    return stream.acknowledged() == 0
        ? ExpectedState.noStream()
        : ExpectedState.atRevision(stream.acknowledged() - 1);
  }

  private void acknowledge(List<SoakStream> to, Commit commit, AppendResult result) {
    var total = commit.parts().stream().mapToInt(part -> part.events().size()).sum();
    var position = result.position().orElse(-1) - total + 1;
    for (var i = 0; i < to.size(); i++) {
      var stream = to.get(i);
      var part = commit.parts().get(i);
      var last = result.streams().get(i).lastRevision();
      if (last != stream.proposed() - 1) {
        state
            .violations()
            .report(
                "writer %d: the append to %s was answered with revision %d, expected was %d"
                    .formatted(number, stream.name(), last, stream.proposed() - 1));
      }
      var revision = stream.acknowledged();
      for (var event : part.events()) {
        if (result.position().isPresent()) {
          state.ledger().acknowledged(stream.name(), revision++, position++, event);
        }
      }
      if (result.position().isEmpty()) {
        state.ledger().acknowledgedSomewhere(part.events().size());
      }
      stream.acknowledge();
    }
    state.counts().committed(result.idempotent());
  }

  /// What is there already is not written again.
  private void repeat(Commit commit, AppendResult first) {
    var again = calls.repeated(store -> store.append(commit));
    if (!again.idempotent() || !again.streams().equals(first.streams())) {
      state
          .violations()
          .report(
              "writer %d: doubled: the append to %s was repeated, and answered with %s instead of %s"
                  .formatted(number, commit.parts().getFirst().stream(), again, first));
    }
  }

  /// Takes a seat that another writer wants too.
  private int claim() {
    var seat = state.nextSeat();
    var tag = SoakEvents.seat(seat);
    var event = state.events().claim(claims.name(), claims.acknowledged(), seat);
    var commit =
        Commit.of(StreamAppend.of(claims.name(), expected(claims), event))
            .onlyIf(AppendCondition.noneMatch(Query.of(Query.tagged(tag))));
    claims.propose(1);
    try {
      var result = calls.untilAnswered(Kind.CONDITIONAL_APPEND, store -> store.append(commit));
      acknowledge(List.of(claims), commit, result);
    } catch (ConditionFailedException e) {
      claims.refused();
    }
    var holders =
        calls.untilAnswered(
            Kind.INDEXED_READ,
            store -> store.read(Query.of(Query.tagged(tag)), ReadOptions.forwards()).events());
    if (holders.size() != 1) {
      state
          .violations()
          .report(
              "writer %d: of seat %d one holder was expected, found %s"
                  .formatted(number, seat, holders));
    }
    return 1;
  }

  /// Begins a stream that will not live long, or ends one.
  private int brief() {
    if (briefs.isEmpty() || (briefs.size() < BRIEF_LIVE_MAX && random.nextBoolean())) {
      var stream = new SoakStream(Retention.BRIEF, briefCount++ * SoakState.WRITERS_MAX + number);
      briefs.add(state.add(stream));
      return append(List.of(stream));
    }
    var index = random.nextInt(briefs.size());
    var stream = briefs.get(index);
    switch (random.nextInt(3)) {
      case 0 -> {
        return append(List.of(stream));
      }
      case 1 -> {
        if (stream.life() == SoakStream.Life.LIVE) {
          settle(stream, store -> store.delete(stream.name(), expected(stream)));
          stream.delete();
          expectState(stream, new StreamState.Deleted(stream.acknowledged() - 1));
        }
      }
      default -> {
        settle(stream, store -> store.tombstone(stream.name(), expected(stream)));
        stream.tombstone();
        expectState(stream, new StreamState.Tombstoned());
        briefs.remove(index);
      }
    }
    return 1;
  }

  /// Deletes or tombstones. Such a call has no id: when it was not answered, the stream tells
  /// whether it took place.
  private void settle(SoakStream stream, Function<EventStore, Long> ending) {
    calls.repeated(store -> {
      try {
        return ending.apply(store);
      } catch (UnavailableException e) {
        var found = calls.repeated(again -> again.state(stream.name()));
        if (found instanceof StreamState.Present
            || (found instanceof StreamState.Deleted && stream.life() != SoakStream.Life.LIVE)) {
          throw e;
        }
        return 0L;
      }
    });
  }

  private void expectState(SoakStream stream, StreamState expected) {
    var found = calls.repeated(store -> store.state(stream.name()));
    if (!found.equals(expected)) {
      state
          .violations()
          .report(
              "writer %d: %s was expected to be %s, and is %s"
                  .formatted(number, stream.name(), expected, found));
    }
  }

  private int truncate() {
    var stream = chosen();
    if (stream.retention() != Retention.CUT || stream.acknowledged() == 0) {
      return 0;
    }
    var before = random.nextLong(stream.firstReadable(), stream.acknowledged() + 1);
    var metadata = stream.retention().metadata().withTruncateBefore(before);
    calls.repeated(store -> store.writeMetadata(stream.name(), ExpectedState.any(), metadata));
    stream.truncate(before);
    return 1;
  }

  /// Expects what is not so; it must be refused.
  private int beWrong() {
    var stream = chosen();
    var wrong = ExpectedState.atRevision(stream.acknowledged() + 1);
    var event = ProposedEvent.binary(SoakEvents.type(0), new byte[1]);
    try {
      calls.repeated(store -> store.append(stream.name(), wrong, event));
      state
          .violations()
          .report(
              "writer %d: %s has %d events, and an append that expected more was taken"
                  .formatted(number, stream.name(), stream.acknowledged()));
    } catch (WrongExpectedStateException | StreamTombstonedException e) {
      // As it has to be.
    }
    return 0;
  }

  private void compare() {
    var stream = random.nextInt(4) == 0 && !briefs.isEmpty() ? briefs.getFirst() : chosen();
    var start = random.nextLong(stream.acknowledged() + 1);
    var options =
        random.nextBoolean()
            ? ReadOptions.forwards().from(start)
            : ReadOptions.backwards().from(start);
    calls.untilAnswered(
        Kind.STREAM_READ,
        store -> {
          comparison.compare(store, stream, options.limit(READ_EVENTS_MAX));
          return true;
        });
    state.counts().compared();
  }
}
