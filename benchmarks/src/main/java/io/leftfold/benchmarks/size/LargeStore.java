// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks.size;

import io.leftfold.api.AppendCondition;
import io.leftfold.api.Commit;
import io.leftfold.api.ConditionFailedException;
import io.leftfold.api.EventStore;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.Query;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.StreamAppend;
import io.leftfold.api.StreamName;
import io.leftfold.api.SubscribeOptions;
import io.leftfold.api.SubscriptionMessage;
import io.leftfold.api.Tag;
import io.leftfold.engine.LocalEventStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;

/// A store of many streams, whose events come in no order: each goes to a stream by chance, so that
/// no stream's events are near each other.
public final class LargeStore {

  /// What a process says last.
  static final String DONE = "done";

  /// A commit of events of so many bytes is as large as a commit may be, nearly.
  static final int DATA_BYTES_MAX = 60_000;

  private static final int COMMIT_EVENTS = 1000;
  private static final int TYPES = 5;
  private static final Duration READING = Duration.ofSeconds(10);

  /// One event in so many carries the rare tag.
  private static final long RARE = 1_000_000;

  private static final Tag RARE_TAG = Tag.of("audit", "yes");
  private static final int CONDITIONS = 10_000;
  private static final int TAILED = 1000;
  private static final Duration PROGRESS = Duration.ofSeconds(10);
  private static final byte[] NOTHING = {};
  private static final String[] CATEGORIES = {"account", "order", "customer", "shipment"};

  private final Path directory;
  private final int streams;
  private final long events;
  private final int dataBytes;

  private LargeStore(Path directory, int streams, long events, int dataBytes) {
    this.dataBytes = dataBytes;
    this.directory = directory;
    this.streams = streams;
    this.events = events;
  }

  /// Fills or opens a store and says what it saw: `fill|open <directory> <streams> <events>
  /// <bytes>`.
  ///
  /// @param arguments as above
  /// @throws IOException if the disk fails
  public static void main(String[] arguments) throws IOException {
    var store =
        new LargeStore(
            Path.of(arguments[1]),
            Integer.parseInt(arguments[2]),
            Long.parseLong(arguments[3]),
            Integer.parseInt(arguments[4]));
    switch (arguments[0]) {
      case "fill" -> store.fill();
      case "open" -> store.open();
      default -> throw new IllegalArgumentException("fill or open expected: " + arguments[0]);
    }
  }

  private StreamName stream(int number) {
    return StreamName.of("%s-%09d".formatted(CATEGORIES[number % CATEGORIES.length], number));
  }

  private void fill() throws IOException {
    var begin = System.nanoTime();
    try (var store = LocalEventStore.open(directory)) {
      append(store);
      var seconds = (System.nanoTime() - begin) / 1e9;
      say("appended", "%,d events to %,d streams in %.1f s".formatted(events, streams, seconds));
      say(
          "rate",
          "%,.0f events/s, in commits of %d, each synced"
              .formatted(events / seconds, COMMIT_EVENTS));
      var settled = System.nanoTime();
      awaitIndex(store);
      say("index settled", "%.1f s later".formatted((System.nanoTime() - settled) / 1e9));
      say("heap", "%,d MiB after collection".formatted(heapBytes() >> 20));
      sayIndex(store);
      var log = bytes("log");
      var index = bytes("index");
      say("log", "%,d bytes, %.1f an event".formatted(log, (double) log / events));
      say("index", "%,d bytes, %.2f an event".formatted(index, (double) index / events));
      // Killed here: the store is never closed.
      System.out.println(DONE);
      awaitKill();
    }
  }

  private void append(EventStore store) {
    var random = new SplittableRandom(1);
    var data = new byte[dataBytes];
    random.nextBytes(data);
    var said = System.nanoTime();
    for (var from = 0L; from < events; from += COMMIT_EVENTS) {
      var byStream = new LinkedHashMap<Integer, List<ProposedEvent>>();
      for (var event = from; event < Math.min(events, from + COMMIT_EVENTS); event++) {
        // Every stream once, then by chance.
        var number = event < streams ? (int) event : random.nextInt(streams);
        byStream.computeIfAbsent(number, _ -> new ArrayList<>()).add(event(event, random, data));
      }
      var commit = new ArrayList<StreamAppend>(byStream.size());
      byStream.forEach((number, some) ->
          commit.add(new StreamAppend(stream(number), ExpectedState.any(), some)));
      store.append(commit);
      if (System.nanoTime() - said > PROGRESS.toNanos()) {
        said = System.nanoTime();
        say("so far", "%,d of %,d events".formatted(from + COMMIT_EVENTS, events));
      }
    }
  }

  private static ProposedEvent event(long number, SplittableRandom random, byte[] data) {
    var event =
        ProposedEvent.binary("Type" + random.nextInt(TYPES), data)
            .withId(new UUID(random.nextLong(), random.nextLong()));
    return number % RARE == 0 ? event.withTags(RARE_TAG) : event;
  }

  /// Waits until all full tables are written and nothing is merged.
  @SuppressWarnings("ThreadPriorityCheck") // there is nothing else to do
  private static void awaitIndex(LocalEventStore store) {
    while (store.indexState().tables() > 1 || store.indexState().merge().isPresent()) {
      Thread.yield();
    }
  }

  private static void awaitKill() throws IOException {
    while (System.in.read() >= 0) {}
  }

  private void open() throws IOException {
    var begin = System.nanoTime();
    try (var store = LocalEventStore.open(directory)) {
      say("opened", "in %.0f ms".formatted((System.nanoTime() - begin) / 1e6));
      sayIndex(store);
      say("heap", "%,d MiB after collection".formatted(heapBytes() >> 20));
      append(store, "first append to an old stream", 17 % streams);
      append(store, "first append to a new stream", streams + 1);
      read(store, "cold", Duration.ofSeconds(1));
      read(store, "warm", READING);
      lookForAbsent(store);
      judge(store);
      tail(store);
      var stats = System.nanoTime();
      say(
          "streams",
          "%,d, counted in %.1f ms".formatted(store.stats().streams(), millisSince(stats)));
      say("heap", "%,d MiB after collection".formatted(heapBytes() >> 20));
      System.out.println(DONE);
    }
  }

  private void append(EventStore store, String what, int number) {
    var begin = System.nanoTime();
    store.append(
        stream(number), ExpectedState.any(), ProposedEvent.binary("Type0", new byte[dataBytes]));
    say(what, "%.2f ms".formatted(millisSince(begin)));
  }

  /// Reads streams by chance, each from first to last.
  private void read(EventStore store, String what, Duration time) {
    var random = new SplittableRandom(2);
    var begin = System.nanoTime();
    var count = 0L;
    var found = 0L;
    while (System.nanoTime() - begin < time.toNanos()) {
      var revision = 0L;
      try (var read = store.read(stream(random.nextInt(streams)), ReadOptions.forwards())) {
        for (var resolved : read) {
          if (resolved.original().revision() != revision++) {
            throw new IllegalStateException("A revision is missing before " + resolved);
          }
        }
      }
      found += revision;
      count++;
    }
    var seconds = (System.nanoTime() - begin) / 1e9;
    say(
        "random reads, " + what,
        "%,.0f streams/s, %,.0f events/s, one thread".formatted(count / seconds, found / seconds));
  }

  private void lookForAbsent(EventStore store) {
    var begin = System.nanoTime();
    var count = 200_000;
    for (var i = 0; i < count; i++) {
      store.state(stream(streams + 10 + i));
    }
    say(
        "streams that are not there",
        "%,.0f/s".formatted(count / ((System.nanoTime() - begin) / 1e9)));
  }

  /// Appends on a condition that does not hold: it is judged, and nothing is written.
  private static void judge(EventStore store) {
    var query = Query.of(Query.tagged(RARE_TAG));
    var begin = System.nanoTime();
    for (var i = 0; i < CONDITIONS; i++) {
      var part =
          StreamAppend.of(
              StreamName.of("audits"), ExpectedState.any(), ProposedEvent.binary("Type0", NOTHING));
      try {
        store.append(Commit.of(part).onlyIf(AppendCondition.noneMatch(query)));
        throw new IllegalStateException("There are events with the rare tag");
      } catch (ConditionFailedException e) {
        // As it has to be.
      }
    }
    say(
        "condition on a rare tag",
        "%.1f µs from asking to the answer".formatted(millisSince(begin) * 1000 / CONDITIONS));
    begin = System.nanoTime();
    var found = 0L;
    for (var i = 0; i < CONDITIONS; i++) {
      try (var read = store.read(query, ReadOptions.forwards())) {
        found += read.events().size();
      }
    }
    say(
        "query of a rare tag",
        "%.1f µs, %d events".formatted(millisSince(begin) * 1000 / CONDITIONS, found / CONDITIONS));
  }

  /// Follows the end of the log while it is written.
  private void tail(EventStore store) {
    try (var subscription = store.subscribeToAll(SubscribeOptions.fromEnd())) {
      var begin = System.nanoTime();
      for (var i = 0; i < TAILED; i++) {
        store.append(
            stream(i % streams), ExpectedState.any(), ProposedEvent.binary("Type0", NOTHING));
        while (!(subscription.next() instanceof SubscriptionMessage.Event)) {
          // Checkpoints and notices.
        }
      }
      say(
          "append and see it tailing",
          "%.0f µs each".formatted(millisSince(begin) * 1000 / TAILED));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static double millisSince(long begin) {
    return (System.nanoTime() - begin) / 1e6;
  }

  private static void sayIndex(LocalEventStore store) {
    var state = store.indexState();
    say(
        "index",
        "%d segments over %,d events, %,d events in %d tables"
            .formatted(
                state.segments(), state.segmentEvents(), state.tableEvents(), state.tables()));
  }

  private static long heapBytes() {
    System.gc();
    var runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }

  private long bytes(String folder) throws IOException {
    try (var files = Files.list(directory.resolve(folder))) {
      return files.mapToLong(file -> file.toFile().length()).sum();
    }
  }

  private static void say(String what, String figures) {
    var line = "%-30s %s%n".formatted(what, figures).getBytes(StandardCharsets.UTF_8);
    System.out.write(line, 0, line.length);
    System.out.flush();
  }
}
