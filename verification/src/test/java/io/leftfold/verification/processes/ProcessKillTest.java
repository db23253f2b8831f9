// SPDX-License-Identifier: Apache-2.0

package io.leftfold.verification.processes;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.api.AppendResult;
import io.leftfold.api.Commit;
import io.leftfold.api.EventStore;
import io.leftfold.api.ForwardingEventStore;
import io.leftfold.api.ReadOptions;
import io.leftfold.engine.LocalEventStore;
import io.leftfold.testkit.Steps;
import io.leftfold.toolkit.CommandId;
import io.leftfold.toolkit.process.ProcessOptions;
import io.leftfold.toolkit.process.ProcessRunner;
import io.leftfold.toolkit.process.Retries;
import io.leftfold.verification.processes.Errands.Command;
import io.leftfold.verification.processes.Errands.Outside;
import io.leftfold.verification.processes.Errands.Part;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A process manager is killed, again and again, in one directory: right before something has an
/// effect, and right behind it, before it is known to have had one. In the end each errand was
/// counted in the store once, and told outside by one id.
///
/// `-Dkills=1000` kills more often.
final class ProcessKillTest {

  private static final int KILLS = Integer.getInteger("kills", 75);
  private static final int KILLS_PER_DIRECTORY = 100;
  private static final int ERRANDS_EACH_LIFE = 5;
  private static final String PROCESS = "errands";

  @TempDir private Path directory;

  /// Where it stands when it is killed.
  private enum Place {
    BEFORE_APPEND(20),
    BEHIND_APPEND(20),
    BEFORE_EFFECT(ERRANDS_EACH_LIFE),
    BEHIND_EFFECT(ERRANDS_EACH_LIFE);

    /// How often any life comes there.
    private final int times;

    Place(int times) {
      this.times = times;
    }
  }

  /// The process that will be killed. It is told when to begin, so that it can be there before its
  /// turn comes: `<life> <place> <how often it passes there>`.
  static final class Victim extends ForwardingEventStore implements Outside {
    private final Path told;
    private final Place place;
    private final AtomicInteger passes;
    private final CountDownLatch asked = new CountDownLatch(1);

    private Victim(EventStore store, Path told, Place place, int passes) {
      super(store);
      this.told = told;
      this.place = place;
      this.passes = new AtomicInteger(passes);
    }

    public static void main(String[] arguments) throws Exception {
      var words =
          new BufferedReader(new InputStreamReader(System.in, UTF_8)).readLine().split(" ", -1);
      var store = open(Path.of(arguments[0]));
      var victim =
          new Victim(
              store,
              told(Path.of(arguments[0])),
              Place.valueOf(words[1]),
              Integer.parseInt(words[2]));
      var _ = runner(victim, victim).start(Thread.ofVirtual().factory());
      for (var i = 0; i < ERRANDS_EACH_LIFE; i++) {
        Errands.ask(store, "%s.%s.%d".formatted(PROCESS, words[0], i));
      }
      victim.asked.countDown();
      var _ = System.in.read(); // until it is killed, or whoever started it is gone
      Runtime.getRuntime().halt(1);
    }

    private void pass(Place where) {
      if (where == place && passes.getAndDecrement() == 0) {
        await(asked); // all of them, for they are counted in the end
        System.out.println(where);
        System.out.flush();
        await(new CountDownLatch(1));
      }
    }

    private static void await(CountDownLatch latch) {
      try {
        latch.await();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }

    @Override
    public AppendResult append(Commit commit) {
      pass(Place.BEFORE_APPEND);
      var result = super.append(commit);
      pass(Place.BEHIND_APPEND);
      return result;
    }

    @Override
    public void tell(String name, CommandId id) throws IOException {
      pass(Place.BEFORE_EFFECT);
      Files.writeString(
          told,
          "%s %s\n".formatted(name, id.value()),
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
      pass(Place.BEHIND_EFFECT);
    }
  }

  private static EventStore open(Path directory) {
    return LocalEventStore.open(directory.resolve("store"));
  }

  private static Path told(Path directory) {
    return directory.resolve("told");
  }

  private static ProcessRunner<String, Set<Part>, Command> runner(
      EventStore store, Outside outside) {
    return ProcessRunner.of(
        store,
        Errands.definition(PROCESS),
        Errands.target(store, outside),
        Clock.systemUTC(),
        ProcessOptions.of(Retries.defaults(new Random(1)).within(Duration.ZERO))
            .withCheckpointEvery(20));
  }

  @Test
  @Timeout(36_000)
  void whenever_it_is_killed_all_is_done_in_the_store_once_and_outside_by_one_id()
      throws Exception {
    var seed = Steps.seed();
    var random = new Random(seed);
    try {
      for (var killed = 0; killed < KILLS; killed += KILLS_PER_DIRECTORY) {
        var kills = Math.min(KILLS_PER_DIRECTORY, KILLS - killed);
        var shared = Files.createDirectory(directory.resolve("" + killed));
        var unacknowledged = kill(shared, kills, random);
        check(shared, kills * ERRANDS_EACH_LIFE, unacknowledged);
      }
    } catch (AssertionError | RuntimeException e) {
      throw new AssertionError("-Dtests.seed=%d".formatted(seed), e);
    }
  }

  /// @return how often it was killed behind an effect outside
  private static int kill(Path directory, int kills, Random random)
      throws IOException, InterruptedException {
    var unacknowledged = 0;
    var next = boot(directory);
    try {
      for (var life = 0; life < kills; life++) {
        var victim = next;
        // Most lives end where it is hardest.
        var place = life % 8 < 7 ? Place.BEHIND_EFFECT : Place.values()[random.nextInt(3)];
        try (var out = victim.inputReader(UTF_8)) {
          var in = victim.outputWriter(UTF_8);
          in.write("%d %s %d\n".formatted(life, place, random.nextInt(place.times)));
          in.flush();
          if (life + 1 < kills) {
            next = boot(directory);
          }
          assertThat(out.readLine()).as("life %d stands at", life).isEqualTo(place.name());
        } finally {
          victim.destroyForcibly().waitFor();
        }
        unacknowledged += place == Place.BEHIND_EFFECT ? 1 : 0;
      }
    } finally {
      next.destroyForcibly().waitFor();
    }
    return unacknowledged;
  }

  private static Process boot(Path directory) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-Xmx128m",
            "-cp",
            System.getProperty("java.class.path"),
            Victim.class.getName(),
            directory.toString())
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  private static void check(Path directory, int errands, int unacknowledged) throws Exception {
    try (var store = open(directory)) {
      var again = new ArrayList<String>();
      var runner =
          runner(
              store,
              (name, id) -> {
                synchronized (again) {
                  again.add("%s %s".formatted(name, id.value()));
                }
              });
      try (var running = runner.start(Thread.ofVirtual().factory())) {
        Errands.awaitCompleted(store, PROCESS, errands);
        assertThat(running.failure()).isEmpty();
      }

      assertThat(runner.parked()).isEmpty();
      var all = new ArrayList<>(Files.readAllLines(told(directory)));
      all.addAll(again);
      var ids =
          all.stream().map(line -> line.split(" ", -1)).collect(groupingBy(words -> words[0]));
      assertThat(ids).hasSize(errands);
      ids.forEach((name, calls) -> {
        assertThat(calls.stream().map(words -> words[1]).distinct()).as(name).hasSize(1);
        assertThat(counts(store, name)).as(name).containsExactly("1");
      });
      assertThat(all.size() - errands)
          .as("what was told and not acknowledged is told again")
          .isGreaterThanOrEqualTo(unacknowledged);
    }
  }

  private static List<String> counts(EventStore store, String name) {
    return store.read(Errands.tally(name), ReadOptions.forwards()).events().stream()
        .map(event -> event.dataAsText())
        .toList();
  }
}
