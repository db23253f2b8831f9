// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.api.ExpectedState;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.StreamAppend;
import io.leftfold.api.StreamName;
import io.leftfold.engine.EngineOptions;
import io.leftfold.engine.LocalEventStore;
import io.leftfold.testkit.Steps;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A process whose projections emit while others append is killed, again and again, in one
/// directory. In the end each state is what a fold from zero makes of the log, and each event that
/// had to be emitted is there once and in order.
///
/// `-Dkills=500` kills more often.
final class ProjectionsKillTest {

  private static final int KILLS = 6;
  private static final int KILLS_PER_DIRECTORY = 25;
  private static final int WRITERS = 3;
  private static final int ACCOUNTS = 12;
  private static final int BACKLOG = 60;

  /// Partitions that are streams; emits, links, has results, and cannot take some events.
  private static final String SUMS =
      """
      fromCategory('account').foreachStream().when({
        $init: () => ({ n: 0, sum: 0 }),
        Paid(s, e) {
          if (e.body.amount === 13) throw new Error('unlucky');
          s.n++;
          s.sum += e.body.amount;
          emit('audit-' + e.streamId, 'Seen', { n: s.n, sum: s.sum });
          emit('all-seen', 'Seen', { of: e.streamId, at: e.sequenceNumber });
          linkTo('links-' + s.n % 3, e);
        }
      }).transformBy(s => ({ mean: s.sum / s.n }))
      """;

  /// Partitions that the script makes, and a state that they share.
  private static final String TOTALS =
      """
      fromAll().partitionBy(e => e.body.amount % 7).when({
        $init: () => ({ n: 0 }),
        $initShared: () => ({ total: 0 }),
        Paid(s, e) {
          s[0].n++;
          s[1].total += e.body.amount;
          emit('totals', 'Total', { n: s[0].n, total: s[1].total });
        }
      })
      """;

  @TempDir private Path directory;

  /// The process that will be killed. It is told when to begin, so that it can be there, with all
  /// that takes long to load, before its turn comes.
  static final class Victim {
    private Victim() {}

    /// Appends for ever, and says so each time, while projections run.
    public static void main(String[] arguments) throws IOException {
      var runtime = ProjectionRuntime.open();
      runtime.compile(new ProjectionSource("sums", SUMS)).fold().close();
      var seed =
          Long.parseLong(
              new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))
                  .readLine());
      var store = open(Path.of(arguments[0]));
      // So that there is something to fold in lanes.
      append(store, new Random(seed), BACKLOG);
      var projections = Projections.open(store, options(seed), runtime);
      create(projections, "sums", SUMS);
      create(projections, "totals", TOTALS);
      var out = System.out;
      say(out);
      try (var writers = Executors.newVirtualThreadPerTaskExecutor()) {
        for (var writer = 0; writer < WRITERS; writer++) {
          var random = new Random(seed + writer);
          writers.execute(() -> appendForEver(store, out, random));
        }
      }
    }

    private static void create(Projections projections, String name, String script) {
      if (projections.list().stream().noneMatch(one -> one.name().equals(name))) {
        projections.create(
            NewProjection.continuous(name, script)
                .with(
                    ProjectionConfig.DEFAULT
                        .withEmitEnabled(true)
                        .withFailurePolicy(FailurePolicy.PARK_EVENT)
                        .withCheckpoints(20, 100_000, 0)));
      }
    }

    private static void append(LocalEventStore store, Random random, int events) {
      var commit = new ArrayList<StreamAppend>();
      for (var i = 0; i < events; i++) {
        commit.add(StreamAppend.of(stream(random), ExpectedState.any(), paid(random)));
      }
      store.append(commit);
    }

    private static StreamName stream(Random random) {
      return StreamName.of("account-" + random.nextInt(ACCOUNTS));
    }

    private static ProposedEvent paid(Random random) {
      return ProposedEvent.json("Paid", "{\"amount\":%d}".formatted(random.nextInt(100)));
    }

    private static void appendForEver(LocalEventStore store, PrintStream out, Random random) {
      while (true) {
        store.append(stream(random), ExpectedState.any(), paid(random));
        say(out);
        // Not so fast that projections are always far behind.
        LockSupport.parkNanos(random.nextInt(4_000_000));
      }
    }

    private static void say(PrintStream out) {
      synchronized (out) {
        out.write('.');
        out.flush();
      }
    }
  }

  private static LocalEventStore open(Path directory) {
    return LocalEventStore.open(directory, EngineOptions.defaults().withChunkBytesMax(512 << 10));
  }

  private static ProjectionOptions options(long seed) {
    // Sometimes so little memory that states are read from their streams.
    return ProjectionOptions.defaults()
        .withStateBytesMax(seed % 2 == 0 ? 1_000 : 1 << 20)
        .withLanes(1 + (int) (seed % 4));
  }

  @Test
  @Timeout(36_000)
  void whenever_the_process_is_killed_each_event_counts_and_is_emitted_once() throws Exception {
    var seed = Steps.seed();
    var random = new Random(seed);
    var kills = Integer.getInteger("kills", KILLS);
    var next = boot(directory(0));
    try {
      for (var kill = 0; kill < kills; kill++) {
        var victim = next;
        begin(victim, random.nextLong(1L << 40));
        if (kill + 1 < kills) {
          next = boot(directory(kill + 1));
        }
        killAfter(kill % 10 == 1 ? 1 : 50 + random.nextInt(150), victim);
        if (kill == kills - 1 || kill % KILLS_PER_DIRECTORY == KILLS_PER_DIRECTORY - 1) {
          check(directory(kill));
        }
      }
    } catch (AssertionError | RuntimeException e) {
      throw new AssertionError("-Dtests.seed=%d".formatted(seed), e);
    } finally {
      next.destroyForcibly().waitFor();
    }
  }

  private Path directory(int kill) throws IOException {
    return Files.createDirectories(directory.resolve("store-" + kill / KILLS_PER_DIRECTORY));
  }

  private static Process boot(Path directory) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-Xmx256m",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-cp",
            System.getProperty("java.class.path"),
            Victim.class.getName(),
            directory.toString())
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  private static void begin(Process victim, long seed) throws IOException {
    var in = victim.outputWriter(StandardCharsets.UTF_8);
    in.write("%d\n".formatted(seed));
    in.flush();
  }

  /// Kills it when it has appended so many events.
  private static void killAfter(int appended, Process victim)
      throws IOException, InterruptedException {
    try (var out = victim.inputReader(StandardCharsets.UTF_8)) {
      for (var said = 0; said <= appended; said++) {
        assertThat(out.read()).as("what the process said").isEqualTo('.');
      }
    } finally {
      victim.destroyForcibly().waitFor();
    }
  }

  private static void check(Path directory) {
    try (var store = open(directory);
        var projections = Projections.open(store, ProjectionOptions.defaults())) {
      for (var name : new String[] {"sums", "totals"}) {
        Fixture.await(() -> {
          var now = projections.statistics(name);
          assertThat(now.state()).as(now.reason()).isEqualTo(ProjectionState.RUNNING);
          return now.lagEvents() == 0 && now.writesInProgress() == 0;
        });
      }
      projections.disable("sums");
      projections.disable("totals");
      var sums = FoldFromZero.of(store, SUMS);
      // Otherwise nothing was tried.
      assertThat(sums.emitted().get("all-seen")).hasSizeGreaterThan(20);
      assertThat(projections.statistics("sums").emitted())
          .isEqualTo(sums.emitted().values().stream().mapToLong(List::size).sum());
      sums.isWhatItCameTo(store, projections, "sums");
      FoldFromZero.of(store, TOTALS).isWhatItCameTo(store, projections, "totals");
    }
  }
}
