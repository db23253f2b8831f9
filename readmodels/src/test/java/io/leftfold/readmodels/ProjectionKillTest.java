// SPDX-License-Identifier: Apache-2.0

package io.leftfold.readmodels;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.api.EventStore;
import io.leftfold.readmodels.Trails.Numbered;
import io.leftfold.readmodels.Trails.Trail;
import io.leftfold.testkit.InMemoryEventStore;
import io.leftfold.testkit.Steps;
import io.leftfold.toolkit.FoldingOptions;
import io.leftfold.toolkit.Projection;
import io.leftfold.toolkit.ProjectionVersion;
import io.leftfold.toolkit.Projector;
import io.leftfold.toolkit.ReadModel;
import io.leftfold.toolkit.States;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// A process that folds into a database, and is killed: most often when its transaction is
/// committed and it does not know that yet, also when it has folded and not committed, and now and
/// then at whatever moment. Seventeen times for each of three in the usual run, `-Dkills=100` for
/// more.
final class ProjectionKillTest {

  private static final int PARTITIONS = 10;
  private static final int EVENTS_EACH_LIFE = 20;
  private static final int KILLS = Integer.getInteger("kills", 17);

  @TempDir
  @SuppressWarnings("NullAway.Init")
  static Path directory;

  static Stream<String> databases() {
    return Stream.of(Databases.sqlite(directory), Databases.postgres(), RedisServer.room());
  }

  /// Where it stands when it is killed.
  private enum Place {
    BEHIND_COMMIT,
    BEHIND_FOLD,
    ANYWHERE;

    static Place of(int life) {
      return switch (life % 6) {
        case 2 -> BEHIND_FOLD;
        case 5 -> ANYWHERE;
        default -> BEHIND_COMMIT;
      };
    }
  }

  /// The process: folds one event after the other, until there is none or it is killed. It is told
  /// when to begin, so that it can be there before its turn comes: `<place> <how many transactions
  /// it gets through before it stands there>`.
  static final class Victim implements ReadModel<States<Trail>> {
    private final ReadModel<States<Trail>> readModel;
    private final Place place;
    private int passes;
    private boolean hasFolded;

    private Victim(ReadModel<States<Trail>> readModel, Place place, int passes) {
      this.readModel = readModel;
      this.place = place;
      this.passes = passes;
    }

    /// Folds.
    ///
    /// @param args the database, and how many events there are
    public static void main(String[] args) throws IOException {
      try (var store = store(Integer.parseInt(args[1]))) {
        var readModel = readModel(args[0]);
        var in = new BufferedReader(new InputStreamReader(System.in, UTF_8));
        var words = in.readLine().split(" ", -1);
        var victim = new Victim(readModel, Place.valueOf(words[0]), Integer.parseInt(words[1]));
        projector(store, victim.told(Trails.projection(1)), victim, 1).catchUp();
      }
    }

    private Projection<Numbered, States<Trail>> told(
        Projection<Numbered, States<Trail>> projection) {
      return new Projection<>(
          projection.version(),
          projection.codec(),
          projection.source(),
          projection.partition(),
          (states, occurred) -> {
            projection.fold().apply(states, occurred);
            hasFolded = true;
          },
          projection.reaction(),
          projection.reactsAfter());
    }

    @Override
    public <R> R transact(Function<? super Transaction<States<Trail>>, ? extends R> work) {
      hasFolded = false;
      var result =
          readModel.<R>transact(transaction -> {
            var inside = work.apply(transaction);
            pass(Place.BEHIND_FOLD);
            return inside;
          });
      pass(Place.BEHIND_COMMIT);
      return result;
    }

    private void pass(Place where) {
      if (hasFolded && where == place && passes-- == 0) {
        System.out.println(where);
        System.out.flush();
        try {
          new CountDownLatch(1).await();
        } catch (InterruptedException e) {
          throw new AssertionError(e);
        }
      }
    }

    @Override
    public void prepare(ProjectionVersion version) {
      readModel.prepare(version);
    }

    @Override
    public void drop(ProjectionVersion version) {
      readModel.drop(version);
    }
  }

  private static EventStore store(int events) {
    var store = new InMemoryEventStore(Clock.systemUTC());
    Trails.append(store, PARTITIONS, 0, events);
    return store;
  }

  private static ReadModel<States<Trail>> readModel(String database) {
    return database.startsWith("redis:")
        ? RedisServer.at(database, Trails.BINDING)
        : SqlReadModel.ofStates(Databases.at(database), Trails.BINDING);
  }

  private static Projector<?, ?> projector(
      EventStore store,
      Projection<Numbered, States<Trail>> projection,
      ReadModel<States<Trail>> readModel,
      int batchEvents) {
    var options = FoldingOptions.defaults().withBatchEventsMax(batchEvents);
    return Projector.of(store, projection, readModel, options);
  }

  @ParameterizedTest
  @MethodSource("databases")
  void a_projection_whose_process_is_killed_goes_on_where_it_was(String database) throws Exception {
    var seed = Steps.seed();
    var random = new Random(seed);
    var readModel = readModel(database);
    var events = (KILLS + 1) * EVENTS_EACH_LIFE;

    var next = boot(database, events);
    try {
      for (var life = 0; life < KILLS; life++) {
        var victim = next;
        var place = Place.of(life);
        var passes = random.nextInt(EVENTS_EACH_LIFE);
        var before = folded(readModel);
        try (var out = victim.inputReader(UTF_8)) {
          var in = victim.outputWriter(UTF_8);
          in.write("%s %d\n".formatted(place, passes));
          in.flush();
          if (life + 1 < KILLS) {
            next = boot(database, events);
          }
          if (place == Place.ANYWHERE) {
            while (folded(readModel) <= before + passes
                && !victim.waitFor(1, TimeUnit.MILLISECONDS)) {
              // It is folding.
            }
          } else {
            assertThat(out.readLine()).as("life %d stands at", life).isEqualTo(place.name());
          }
        } finally {
          victim.destroyForcibly().waitFor();
        }
        var now = folded(readModel) - before;
        switch (place) {
          case BEHIND_COMMIT ->
              assertThat(now).as("seed %d, life %d", seed, life).isEqualTo(passes + 1);
          case BEHIND_FOLD -> assertThat(now).as("seed %d, life %d", seed, life).isEqualTo(passes);
          case ANYWHERE -> assertThat(now).as("seed %d, life %d", seed, life).isGreaterThan(passes);
        }
      }
    } finally {
      next.destroyForcibly().waitFor();
    }
    try (var store = store(events)) {
      projector(store, Trails.projection(1), readModel, 256).catchUp();
    }

    assertThat(readModel.<Object>read(Trails.NAME, States::all))
        .as("seed %d", seed)
        .isEqualTo(Trails.expected(PARTITIONS, events));
  }

  /// How many events are in the view.
  private static int folded(ReadModel<States<Trail>> readModel) {
    return readModel.<Integer>transact(transaction ->
        transaction
            .live(Trails.NAME)
            .map(live -> transaction.view(live.version()).all().values().stream())
            .orElse(Stream.empty())
            .mapToInt(trail -> trail.numbers().size())
            .sum());
  }

  private static Process boot(String database, int events) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--enable-native-access=ALL-UNNAMED",
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-Xmx128m",
            "-cp",
            System.getProperty("java.class.path"),
            Victim.class.getName(),
            database,
            "" + events)
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }
}
