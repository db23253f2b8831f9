// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.api.AppendResult;
import io.leftfold.api.AsOf;
import io.leftfold.api.Commit;
import io.leftfold.api.EventStore;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.ForwardingEventStore;
import io.leftfold.api.LeftfoldException;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.api.StreamRead;
import io.leftfold.api.UnavailableException;
import io.leftfold.projections.reading.Cursor;
import io.leftfold.projections.storage.ProjectionStreams;
import io.leftfold.testkit.InMemoryEventStore;
import io.leftfold.testkit.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Histories of a projection by seeds, on one thread: events are appended, folded and written in an
/// order that chance makes, the store fails before or after it has done what it was asked for, and
/// the process dies at any call, or is not as dead as the next one believes. In the end the states
/// are what a fold from zero makes them, and everything was emitted once.
final class RunSimulationTest {

  private static final ProjectionStreams STREAMS = new ProjectionStreams("counting", 7);
  private static final UUID SEED = new UUID(11, 13);
  private static final RunIdentity IDENTITY = RunIdentity.current(STREAMS, 0, 0, SEED);

  @Test
  void whatever_fails_each_event_counts_once() {
    var given = Long.getLong("tests.seed");
    var histories = Integer.getInteger("tests.seeds", 300);
    var steps = 0L;
    for (long seed = 0; seed < histories; seed++) {
      var chosen = given == null ? seed : given;
      try {
        steps += new History(chosen).run();
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError("-Dtests.seed=" + chosen, e);
      }
      if (given != null) {
        return;
      }
    }
    // Otherwise nothing was tried.
    assertThat(steps).isGreaterThan(histories * 5L);
  }

  /// One history.
  private static final class History {
    private final Random random;
    private final ManualClock clock = new ManualClock(Instant.parse("2026-11-01T08:00:00Z"));
    private final InMemoryEventStore truth;
    private final Failing store;
    private final ProjectionConfig config;
    private final List<Run> runs = new ArrayList<>();
    private final List<Run> ghosts = new ArrayList<>();
    private boolean calm;
    private RunHints hints = RunHints.NONE;
    private long written;
    private long said;

    History(long seed) {
      random = new Random(seed);
      truth = new InMemoryEventStore(clock, new Random(seed ^ 1), 1 << 20, 1 << 22);
      store = new Failing(truth);
      config =
          ProjectionConfig.DEFAULT
              .withCheckpoints(1 + random.nextInt(6), 100 + random.nextInt(500), 0)
              .withFailurePolicy(
                  random.nextBoolean() ? FailurePolicy.PARK_EVENT : FailurePolicy.PARK_PARTITION);
    }

    long run() {
      for (var turn = 0; turn < 60; turn++) {
        act();
      }
      calm = true;
      ghosts.forEach(Run::land);
      runs.forEach(Run::land);
      runs.clear();
      settle();
      compare();
      return written;
    }

    private void act() {
      switch (random.nextInt(10)) {
        case 0, 1, 2 -> say();
        case 3 -> clock.advance(Duration.ofSeconds(random.nextInt(3)));
        case 4 -> open();
        case 5 -> {
          if (!runs.isEmpty() && random.nextInt(3) == 0) {
            die(runs.get(random.nextInt(runs.size())));
          }
        }
        case 6 -> {
          if (!ghosts.isEmpty()) {
            ghosts.remove(random.nextInt(ghosts.size())).land();
          }
        }
        default -> {
          if (runs.isEmpty()) {
            open();
          } else {
            advance(runs.get(random.nextInt(runs.size())));
          }
        }
      }
    }

    private void say() {
      var data = random.nextInt(15) == 0 ? "poison" : "e" + said++;
      var stream = StreamName.of("s-" + random.nextInt(4));
      var type = random.nextInt(6) == 0 ? "Whispered" : "Said";
      truth.append(
          stream,
          ExpectedState.any(),
          ProposedEvent.json(type, data)
              .withId(new UUID(random.nextLong(), random.nextLong() | 1)));
    }

    /// Two at a time, sometimes.
    private void open() {
      if (runs.size() < 2) {
        try {
          runs.add(new Run());
        } catch (LeftfoldException _) {
          // The store did not answer.
        }
      }
    }

    private void advance(Run run) {
      run.step();
      if (run.core.ended().isPresent()) {
        learn(run);
        runs.remove(run);
      }
    }

    private boolean learn(Run run) {
      if (run.core.ended().orElse(null) instanceof RunEnd.Again(var learned)) {
        hints = learned;
        return true;
      }
      return false;
    }

    /// What it was writing may still arrive.
    private void die(Run run) {
      runs.remove(run);
      if (run.pending != null && random.nextBoolean()) {
        ghosts.add(run);
      }
    }

    /// Without failures, until there is nothing to do.
    private void settle() {
      Run run = new Run();
      for (var i = 0; i < 10_000; i++) {
        run.read();
        run.core.turn(100);
        run.land();
        if (learn(run)) {
          run = new Run();
        }
        if (run.core.ended().isPresent()) {
          throw new AssertionError("Ended: " + run.core.ended().get());
        }
        if (run.core.isIdle() && run.pending == null && run.cursor.through() >= last()) {
          run.core.stop();
          run.land();
          assertThat(run.core.ended()).contains(new RunEnd.Stopped());
          return;
        }
      }
      throw new AssertionError("Did not come to rest");
    }

    private long last() {
      return truth.readAll(ReadOptions.backwards()).events().stream()
          .filter(event -> event.type().equals("Said"))
          .findFirst()
          .map(RecordedEvent::position)
          .orElse(-1L);
    }

    private void compare() {
      Map<String, String> states = new LinkedHashMap<>();
      Map<String, List<String>> out = new LinkedHashMap<>();
      List<String> all = new ArrayList<>();
      var parked = new HashSet<String>();
      for (var event : truth.readAll(ReadOptions.forwards()).events()) {
        var stream = event.stream().value();
        if (!event.type().equals("Said") || parked.contains(stream)) {
          continue;
        }
        if (event.dataAsText().equals("poison")) {
          if (config.failurePolicy() == FailurePolicy.PARK_PARTITION) {
            parked.add(stream);
          }
          continue;
        }
        var before = states.getOrDefault(stream, "");
        out.computeIfAbsent("out-" + stream, _ -> new ArrayList<>())
            .add(CountingFold.emitted(before, event));
        all.add(CountingFold.emitted(before, event));
        states.put(stream, before + event.dataAsText() + ";");
      }
      var stored = new StoredStates(truth, STREAMS, 0, AsOf.now());
      for (var i = 0; i < 4; i++) {
        var stream = "s-" + i;
        assertThat(stored.partition(stream).map(StateStore.Stored::text).orElse(""))
            .as("state of %s", stream)
            .isEqualTo(states.getOrDefault(stream, ""));
        assertThat(texts("out-" + stream))
            .as("what was emitted to out-%s", stream)
            .isEqualTo(out.getOrDefault("out-" + stream, List.of()));
      }
      assertThat(texts("all-heard")).isEqualTo(all);
    }

    private List<String> texts(String stream) {
      return truth.read(StreamName.of(stream), ReadOptions.forwards()).events().stream()
          .map(RecordedEvent::dataAsText)
          .toList();
    }

    /// A run, as a process would drive it.
    private final class Run {
      private final RunCore core;
      private final Cursor cursor;
      private @Nullable Step pending;

      Run() {
        var loaded =
            LoadedRun.read(
                store,
                IDENTITY,
                new UUID(random.nextLong(), random.nextLong()),
                CountingFold.DEFINITION,
                ProjectionOptions.defaults().withStateBytesMax(200 + random.nextInt(900)),
                true);
        var settings =
            new RunSettings(config, false, true, true, false, 300 + random.nextInt(10_000));
        core =
            new RunCore(
                IDENTITY,
                settings,
                hints,
                loaded,
                CountingFold.opener(),
                clock,
                step -> pending = step);
        cursor =
            new Cursor(
                store, Questions.of(CountingFold.DEFINITION), loaded.checkpoint().position());
      }

      void step() {
        switch (random.nextInt(3)) {
          case 0 -> read();
          case 1 -> core.turn(1 + random.nextInt(5));
          default -> land();
        }
      }

      void read() {
        try {
          core.take(cursor.next(1 + random.nextInt(6), 1 << 20));
        } catch (LeftfoldException e) {
          core.readFailed(e);
        }
      }

      /// What it was writing is written, or not.
      void land() {
        var step = pending;
        if (step == null) {
          return;
        }
        pending = null;
        try {
          var revision = store.append(step.commit()).streams().getLast().lastRevision();
          written++;
          core.written(step, revision);
        } catch (LeftfoldException e) {
          core.writeFailed(step, e);
        }
      }
    }

    /// Fails now and then: before it does what it is asked for, or after.
    private final class Failing extends ForwardingEventStore {
      Failing(EventStore store) {
        super(store);
      }

      private void maybeFail() {
        if (!calm && random.nextInt(12) == 0) {
          throw new UnavailableException(
              UnavailableException.Reason.UNREACHABLE, "Nobody knows whether it was done");
        }
      }

      @Override
      public AppendResult append(Commit commit) {
        maybeFail();
        var result = super.append(commit);
        maybeFail();
        return result;
      }

      @Override
      public StreamRead read(StreamName stream, ReadOptions options) {
        maybeFail();
        return super.read(stream, options);
      }
    }
  }
}
