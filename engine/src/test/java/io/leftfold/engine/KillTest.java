// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.api.ExpectedState;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.StreamAppend;
import io.leftfold.api.StreamName;
import io.leftfold.testkit.Steps;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A process that appends from many threads is killed, again and again, in one directory. What it
/// was told to be durable is there.
///
/// `-Dkills=1000` kills more often.
final class KillTest {

  private static final int KILLS_PER_DIRECTORY = 50;
  private static final int WRITERS = 24;
  private static final int SHARED_STREAMS = 3;

  @TempDir Path directory;

  /// What one writer did in one go: a commit of some events, one to each of as many streams.
  ///
  /// @param run which process
  /// @param writer which of its threads
  /// @param sequence how many the thread did before
  private record CommitId(int run, int writer, int sequence) implements Comparable<CommitId> {

    UUID eventId(int part) {
      return new UUID((1L << 62) | ((long) run << 32) | writer, ((long) sequence << 8) | part);
    }

    static CommitId of(UUID event) {
      var high = event.getMostSignificantBits();
      return new CommitId(
          (int) (high >>> 32) & 0xffffff,
          (int) high,
          (int) (event.getLeastSignificantBits() >>> 8));
    }

    static int part(UUID event) {
      return (int) event.getLeastSignificantBits() & 0xff;
    }

    /// How many events it has: told by the number, so that whoever looks for them knows.
    int parts() {
      return 1 + sequence % 3;
    }

    List<StreamAppend> commit() {
      var parts = new ArrayList<StreamAppend>();
      for (var part = 0; part < parts(); part++) {
        var stream =
            part == 0
                ? "writer-%d.%d".formatted(run, writer)
                : "shared-" + (writer + part) % SHARED_STREAMS;
        var data =
            "{\"n\":%d,\"text\":\"%s\"}".formatted(sequence, "x".repeat(sequence * 37 % 400));
        parts.add(
            StreamAppend.of(
                StreamName.of(stream),
                part == 0 ? expected() : ExpectedState.any(),
                ProposedEvent.json("Appended", data).withId(eventId(part))));
      }
      return parts;
    }

    private ExpectedState expected() {
      return sequence == 0 ? ExpectedState.noStream() : ExpectedState.atRevision(sequence - 1);
    }

    @Override
    public int compareTo(CommitId other) {
      var byRun = Integer.compare(run, other.run);
      var byWriter = byRun != 0 ? byRun : Integer.compare(writer, other.writer);
      return byWriter != 0 ? byWriter : Integer.compare(sequence, other.sequence);
    }
  }

  /// The process that will be killed.
  static final class Victim {
    private Victim() {}

    /// Appends for ever, and says each time that it did: `<writer> <sequence> <position>`.
    public static void main(String[] arguments) {
      var run = Integer.parseInt(arguments[1]);
      var options =
          EngineOptions.defaults()
              .withChunkBytesMax(128 << 10)
              .withDurability(Durability.valueOf(arguments[2]));
      var store = LocalEventStore.open(Path.of(arguments[0]), options);
      var out = System.out;
      say(out, "open");
      try (var writers = Executors.newVirtualThreadPerTaskExecutor()) {
        for (var writer = 0; writer < WRITERS; writer++) {
          var number = writer;
          writers.execute(() -> appendForEver(store, out, run, number));
        }
      }
    }

    private static void appendForEver(LocalEventStore store, PrintStream out, int run, int writer) {
      for (var sequence = 0; ; sequence++) {
        var position = store.append(new CommitId(run, writer, sequence).commit()).position();
        say(out, "%d %d %d".formatted(writer, sequence, position.orElseThrow()));
      }
    }

    /// In one write, so that a line is in the pipe whole or not at all.
    private static void say(PrintStream out, String line) {
      var bytes = (line + "\n").getBytes(StandardCharsets.UTF_8);
      synchronized (out) {
        out.write(bytes, 0, bytes.length);
        out.flush();
      }
    }
  }

  @Test
  @Timeout(3600)
  void every_event_that_was_acknowledged_before_the_process_was_killed_is_there_in_order_once()
      throws Exception {
    var seed = Steps.seed();
    var random = new Random(seed);
    var kills = Integer.getInteger("kills", 10);
    var acknowledged = new TreeMap<CommitId, Long>();
    for (var kill = 0; kill < kills; kill++) {
      var store = directory.resolve("store-" + kill / KILLS_PER_DIRECTORY);
      if (kill % KILLS_PER_DIRECTORY == 0) {
        acknowledged.clear();
      }
      var durability = random.nextInt(4) == 0 ? Durability.OS : Durability.FSYNC;
      var lines = kill % 10 == 9 ? 1 : 1 + random.nextInt(400);
      try {
        acknowledged.putAll(killAfter(lines, store, kill, durability));
        check(store, acknowledged);
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError(
            "Seed %d (-Dtests.seed=%d), kill %d: %s".formatted(seed, seed, kill, e), e);
      }
    }
  }

  /// Starts the victim and kills it when it has said so many lines.
  ///
  /// @return what it said to be durable, and where
  private static Map<CommitId, Long> killAfter(
      int lines, Path directory, int run, Durability durability)
      throws IOException, InterruptedException {
    Files.createDirectories(directory);
    var victim =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                Victim.class.getName(),
                directory.toString(),
                String.valueOf(run),
                durability.name())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    var said = new HashMap<CommitId, Long>();
    try (var out = victim.inputReader(StandardCharsets.UTF_8)) {
      assertThat(out.readLine()).isEqualTo("open");
      var count = 1;
      for (var line = ""; line != null; count++) {
        if (count == lines) {
          // Not by the Process, which would close the pipe: what was said before is in it still.
          victim.toHandle().destroyForcibly();
        }
        line = out.readLine();
        if (line != null) {
          var words = line.split(" ", -1);
          said.put(
              new CommitId(run, Integer.parseInt(words[0]), Integer.parseInt(words[1])),
              Long.parseLong(words[2]));
        }
      }
    } finally {
      victim.destroyForcibly().waitFor();
    }
    assertThat(said.size()).isGreaterThanOrEqualTo(lines - 1);
    return said;
  }

  private static void check(Path directory, Map<CommitId, Long> acknowledged) {
    try (var store = LocalEventStore.open(directory)) {
      var found = commits(store.readAll(ReadOptions.forwards()).events());
      assertThat(found.keySet()).as("acknowledged commits").containsAll(acknowledged.keySet());
      acknowledged.forEach(
          (commit, position) -> assertThat(found).as("position").containsEntry(commit, position));
      var before = new CommitId(-1, 0, 0);
      for (var commit : found.keySet()) {
        var isFirst = commit.run() != before.run() || commit.writer() != before.writer();
        assertThat(commit.sequence())
            .as("%s", commit)
            .isEqualTo(isFirst ? 0 : before.sequence() + 1);
        if (!isFirst) {
          assertThat(found.get(commit)).as("order").isGreaterThan(found.get(before));
        }
        before = commit;
      }
    }
    var report = StoreCheck.check(directory, StoreCheck.Progress.none());
    assertThat(report.damages()).isEmpty();
  }

  /// All commits, each whole, with the position of its last event.
  private static SortedMap<CommitId, Long> commits(List<RecordedEvent> events) {
    var commits = new TreeMap<CommitId, Long>();
    var revisions = new HashMap<StreamName, Long>();
    var expectedPart = 0;
    for (var event : events) {
      assertThat(event.revision())
          .as("%s", event)
          .isEqualTo(revisions.merge(event.stream(), 0L, (last, _) -> last + 1));
      if (event.stream().equals(LocalEventStore.GENESIS)) {
        continue;
      }
      var commit = CommitId.of(event.id());
      assertThat(CommitId.part(event.id())).as("part of %s", commit).isEqualTo(expectedPart);
      assertThat(event.data())
          .isEqualTo(commit.commit().get(expectedPart).events().getFirst().data());
      expectedPart++;
      if (expectedPart == commit.parts()) {
        assertThat(commits.put(commit, event.position())).as("%s is there twice", commit).isNull();
        expectedPart = 0;
      }
    }
    assertThat(expectedPart).as("the last commit is whole").isZero();
    return commits;
  }
}
