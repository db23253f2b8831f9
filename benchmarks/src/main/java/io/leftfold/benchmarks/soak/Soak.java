// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks.soak;

import io.leftfold.api.StreamName;
import io.leftfold.client.RemoteEventStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/// One run: a process with a store, those who use it, and this thread, which kills the process,
/// starts it again, looks at it, and at the end compares.
final class Soak {

  private static final int READERS = 2;
  private static final long TICK_NANOS = Duration.ofMillis(50).toNanos();
  private static final long READERS_PAUSE_NANOS = Duration.ofMillis(150).toNanos();
  private static final Duration PROGRESS = Duration.ofSeconds(10);
  private static final Duration AFTER_RESTART = Duration.ofSeconds(10);
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final int SAMPLES_MIN = 8;

  private final SoakOptions options;
  private final Consumer<String> said;
  private final Violations violations;
  private final SoakState state;
  private final Latencies latencies = new Latencies();
  private final SoakSummary summary = new SoakSummary();
  private final SplittableRandom random;
  private final Path data;
  private final Path backups;
  private final int port;
  private final RemoteEventStore store;
  private final Calls calls;
  private final long begin = System.nanoTime();
  private final List<Writer> writers = new ArrayList<>();
  private final List<Follower> followers = new ArrayList<>();
  private final List<Thread> users = new ArrayList<>();
  private StoreProcess process;
  private volatile boolean running = true;
  private volatile long end = -1;

  Soak(SoakOptions options, Consumer<String> said) throws IOException {
    this.options = options;
    this.said = said;
    this.violations = new Violations(said);
    this.state = SoakState.of(options.seed(), violations);
    this.random = new SplittableRandom(options.seed());
    this.data = options.directory().resolve("data");
    this.backups = options.directory().resolve("backups");
    Files.createDirectories(data);
    Files.createDirectories(backups);
    this.port = StoreProcess.freePort();
    this.process = started();
    this.store = RemoteEventStore.connect("esdb://127.0.0.1:%d?tls=false".formatted(port));
    this.calls = new Calls(store, latencies);
  }

  /// Runs to the end.
  ///
  /// @return the report
  SoakReport run() throws IOException, InterruptedException {
    var following = startFollowers();
    startWriters();
    startReaders();
    startUpkeep();
    watch();
    said.accept("The load ends; everything is compared now");
    running = false;
    join(users, "the load");
    end = writers.getFirst().finish();
    join(following, "the followers");
    sample();
    new ScavengeHistory(state, summary).read(store);
    store.close();
    var code = process.close();
    if (code.isEmpty() || code.getAsLong() != 0) {
      violations.report("The store did not close cleanly: " + code);
    }
    compare();
    return new SoakReport(options, state, latencies, summary, calls.unanswered());
  }

  // ---- those who use the store

  private void startWriters() {
    for (var i = 0; i < options.writers(); i++) {
      var writer =
          new Writer(i, options.streams() / options.writers(), state, calls, random.split());
      writers.add(writer);
    }
    var nanosPerEvent = 1e9 * options.writers() / options.rate();
    for (var writer : writers) {
      users.add(start("a writer", () -> write(writer, nanosPerEvent)));
    }
  }

  private void write(Writer writer, double nanosPerEvent) {
    var due = System.nanoTime();
    while (running) {
      due += (long) (writer.step() * nanosPerEvent);
      // What was missed while there was no store is not made up for.
      due = Math.max(due, System.nanoTime() - TICK_NANOS);
      LockSupport.parkNanos(due - System.nanoTime());
    }
  }

  private void startReaders() {
    for (var i = 0; i < READERS; i++) {
      var reader = new Reader(i, state, calls, random.split());
      users.add(
          start("a reader", () -> repeatedly(Duration.ofNanos(READERS_PAUSE_NANOS), reader::step)));
    }
  }

  private List<Thread> startFollowers() {
    var first = Retention.KEPT.stream(0);
    followers.add(Follower.ofAll(store, state));
    followers.add(Follower.ofFiltered(store, state, Retention.KEPT));
    followers.add(
        Follower.ofStream(
            store,
            state,
            StreamName.ofCategory(Retention.KEPT.category()),
            stream -> stream.retention() == Retention.KEPT));
    followers.add(Follower.ofStream(store, state, first, stream -> stream.name().equals(first)));
    return followers.stream()
        .map(follower -> start(follower.check().name(), () -> follower.run(() -> end)))
        .toList();
  }

  private void startUpkeep() {
    var backup = new BackupRound(store, state, backups);
    users.add(start("the scavenger", () -> repeatedly(options.scavengeEvery(), this::scavenge)));
    users.add(start("the backup", () -> repeatedly(options.backupEvery(), backup::run)));
  }

  private void scavenge() {
    var _ = calls.repeated(_ -> store.startScavenge());
    state.counts().scavenged();
  }

  /// Waits first: there is nothing to be done at the beginning.
  private void repeatedly(Duration pause, Runnable work) {
    while (running) {
      var due = System.nanoTime() + pause.toNanos();
      while (running && System.nanoTime() < due) {
        LockSupport.parkNanos(Math.min(TICK_NANOS, due - System.nanoTime()));
      }
      if (running) {
        work.run();
      }
    }
  }

  private interface Work {
    void run() throws InterruptedException;
  }

  private Thread start(String name, Work work) {
    return Thread.ofVirtual()
        .name(name)
        .start(() -> {
          try {
            work.run();
          } catch (InterruptedException e) {
            violations.report("lost: %s did not come to the end".formatted(name));
          } catch (RuntimeException e) {
            violations.report("%s ended early: %s".formatted(name, e));
            said.accept(java.util.Arrays.toString(e.getStackTrace()));
          }
        });
  }

  private void join(List<Thread> threads, String what) throws InterruptedException {
    var deadline = System.nanoTime() + PATIENCE.toNanos();
    for (var thread : threads) {
      if (!thread.join(Duration.ofNanos(Math.max(1, deadline - System.nanoTime())))) {
        violations.report("Of %s, %s did not end".formatted(what, thread.getName()));
        thread.interrupt();
        thread.join(Duration.ofSeconds(10));
      }
    }
  }

  // ---- the process with the store

  private StoreProcess started() throws IOException {
    var started = new StoreProcess(data, backups, port, options.heap());
    summary.starts.add(new SoakSummary.Start(started.untilReady(), started.opening()));
    return started;
  }

  private Duration elapsed() {
    return Duration.ofNanos(System.nanoTime() - begin);
  }

  private Duration untilKill() {
    var mean = options.killEvery().toMillis();
    return Duration.ofMillis(random.nextLong(mean / 2, mean + mean / 2));
  }

  private void watch() throws IOException, InterruptedException {
    var every = options.time().dividedBy(SAMPLES_MIN);
    var pause = every.compareTo(Duration.ofMinutes(1)) < 0 ? every : Duration.ofMinutes(1);
    var nextSample = pause;
    var nextProgress = PROGRESS;
    var nextKill = untilKill();
    var steadyAt = Duration.ZERO;
    while (elapsed().compareTo(options.time()) < 0) {
      if (!process.isAlive()) {
        violations.report("The store ended by itself, %s after the beginning".formatted(elapsed()));
        process = started();
      }
      if (elapsed().compareTo(nextKill) > 0) {
        restart();
        nextKill = elapsed().plus(untilKill());
        steadyAt = elapsed().plus(AFTER_RESTART);
      }
      latencies.enter(
          elapsed().compareTo(steadyAt) < 0
              ? Latencies.Phase.AFTER_RESTART
              : Latencies.Phase.STEADY);
      if (elapsed().compareTo(nextSample) > 0) {
        sample();
        nextSample = nextSample.plus(pause);
      }
      if (elapsed().compareTo(nextProgress) > 0) {
        progress();
        nextProgress = nextProgress.plus(PROGRESS);
      }
      LockSupport.parkNanos(TICK_NANOS);
    }
  }

  private void restart() throws IOException, InterruptedException {
    process.kill();
    process = started();
  }

  private void sample() throws IOException {
    var interval = latencies.interval();
    var appends = java.util.Objects.requireNonNull(interval.get(Latencies.Kind.APPEND));
    summary.samples.add(
        new SoakSummary.Sample(
            elapsed(),
            state.ledger().acknowledgedEvents(),
            process.memory(),
            size(data),
            appends.getValueAtPercentile(99),
            behind()));
  }

  private long behind() {
    var least = followers.stream().mapToLong(Follower::seenUpTo).min().orElse(0);
    var most = followers.stream().mapToLong(Follower::seenUpTo).max().orElse(0);
    return most - least;
  }

  /// Of files that may vanish meanwhile.
  private static long size(Path directory) throws IOException {
    try (var files = Files.walk(directory)) {
      return files.mapToLong(file -> file.toFile().isFile() ? file.toFile().length() : 0).sum();
    } catch (java.io.UncheckedIOException e) {
      return -1;
    }
  }

  private void progress() {
    said.accept(
        "%5d s  %,d events in %,d commits, %,d reads compared, %d kills, %d scavenges, %d backups, %d violations"
            .formatted(
                elapsed().toSeconds(),
                state.ledger().acknowledgedEvents(),
                state.counts().commits(),
                state.counts().comparisons(),
                summary.starts.size() - 1,
                state.counts().scavenges(),
                state.counts().backups(),
                violations.count()));
  }

  // ---- the end

  private void compare() {
    var started = System.nanoTime();
    var scan = new FinalCheck("the store after the end", state).checkWithStreams(data);
    summary.positions = scan.last() + 1;
    summary.unknown = scan.unknown();
    for (var follower : followers) {
      var check = follower.check();
      var streams = state.all().stream().filter(follower::follows).toList();
      check.hasSeen(streams);
      summary.followers.add("%s: %,d events".formatted(check.name(), check.seen()));
    }
    summary.checking = Duration.ofNanos(System.nanoTime() - started);
  }
}
