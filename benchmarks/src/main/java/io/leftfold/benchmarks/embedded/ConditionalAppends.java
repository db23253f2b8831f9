// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks.embedded;

import io.leftfold.api.AppendCondition;
import io.leftfold.api.Commit;
import io.leftfold.api.EventStore;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.Head;
import io.leftfold.api.Query;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.StreamAppend;
import io.leftfold.api.StreamName;
import io.leftfold.api.Tag;
import io.leftfold.benchmarks.measure.Asked;
import io.leftfold.benchmarks.measure.Benchmark;
import io.leftfold.benchmarks.measure.Rounds;
import io.leftfold.benchmarks.measure.Row;
import io.leftfold.benchmarks.measure.Settings;
import io.leftfold.engine.LocalEventStore;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/// One event an append, on the condition that nothing with the caller's tag and one type came since
/// its last; beside appends of the same events that expect a revision instead.
public final class ConditionalAppends implements Benchmark {

  private static final StreamName SHARED = StreamName.of("dcb");

  private final AtomicLong callersMade = new AtomicLong();
  private final int callers;

  /// With a number of callers in flight.
  ///
  /// @param callers how many
  public ConditionalAppends(int callers) {
    this.callers = callers;
  }

  @Override
  public String name() {
    return "dcb-append-" + callers;
  }

  @Override
  public String question() {
    return "What does a condition over a tag and a type cost beside an expected revision, %d in flight?"
        .formatted(callers);
  }

  @Override
  public String sketch() {
    return "one search in a short list and one in the batch: a few µs of the writer, a sync hundreds";
  }

  @Override
  public void run(Settings settings, Consumer<Row> rows) throws Exception {
    var directory = settings.directory();
    try (var conditional = LocalEventStore.open(directory.resolve("conditional"));
        var cycling = LocalEventStore.open(directory.resolve("cycling"));
        var expecting = LocalEventStore.open(directory.resolve("expecting"))) {
      var rounds =
          new Rounds(settings)
              .with("leftfold", time -> conditionally(conditional, time))
              .with("limit", time -> expecting(expecting, time))
              .with("cycle", time -> readingBefore(cycling, time))
              .run();
      rows.accept(
          Row.of(
                  name(),
                  "events/s",
                  rounds,
                  "Leftfold, the same events to a stream for each caller, expecting its revision",
                  new Asked.Nothing())
              .withPeer("reading by the query before each append", rounds.median("cycle")));
    }
  }

  private Tag newTag() {
    return Tag.of("account", Long.toString(callersMade.incrementAndGet()));
  }

  private double conditionally(EventStore store, Duration time) throws InterruptedException {
    return Callers.call(
        callers,
        time,
        caller -> {
          var tag = newTag();
          var query = Query.of(Query.tagged(tag).ofTypes(Events.TYPE));
          var events = new Events(System.nanoTime() + caller);
          var head = new AtomicLong();
          return () -> {
            var condition = AppendCondition.noneMatch(query).after(new Head(head.get()));
            var part = StreamAppend.of(SHARED, ExpectedState.any(), events.next().withTags(tag));
            var result = store.append(Commit.of(part).onlyIf(condition));
            head.set(result.position().orElseThrow() + 1);
          };
        });
  }

  private double readingBefore(EventStore store, Duration time) throws InterruptedException {
    return Callers.call(
        callers,
        time,
        caller -> {
          var tag = newTag();
          var query = Query.of(Query.tagged(tag).ofTypes(Events.TYPE));
          var events = new Events(System.nanoTime() + caller);
          return () -> {
            Head head;
            try (var read = store.read(query, ReadOptions.backwards().limit(1))) {
              head = read.head();
              if (read.stream().count() > 1) {
                throw new IllegalStateException("One event was asked for");
              }
            }
            var part = StreamAppend.of(SHARED, ExpectedState.any(), events.next().withTags(tag));
            store.append(Commit.of(part).onlyIf(AppendCondition.noneMatch(query).after(head)));
          };
        });
  }

  private double expecting(EventStore store, Duration time) throws InterruptedException {
    return Callers.call(
        callers,
        time,
        caller -> {
          var tag = newTag();
          var stream = StreamName.of("account-" + tag.value());
          var events = new Events(System.nanoTime() + caller);
          var revision = new AtomicLong(-1);
          return () -> {
            var expected =
                revision.get() < 0
                    ? ExpectedState.noStream()
                    : ExpectedState.atRevision(revision.get());
            revision.set(
                store.append(stream, expected, events.next().withTags(tag)).lastRevision());
          };
        });
  }
}
