// SPDX-License-Identifier: Apache-2.0

package io.leftfold.readmodels;

import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.api.EventStore;
import io.leftfold.readmodels.Trails.Trail;
import io.leftfold.testkit.InMemoryEventStore;
import io.leftfold.testkit.Steps;
import io.leftfold.toolkit.Checkpoint;
import io.leftfold.toolkit.FoldingOptions;
import io.leftfold.toolkit.Projector;
import io.leftfold.toolkit.ReadModel;
import io.leftfold.toolkit.States;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// A process that folds into a database, and is killed: seventeen times for each of three in the
/// usual run, `-Dkills=100` for more.
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

  /// The process: folds one event after the other, until there is none or it is killed.
  static final class Folding {
    private Folding() {}

    /// Folds.
    ///
    /// @param args the database, and how many events there are
    public static void main(String[] args) {
      try (var store = store(Integer.parseInt(args[1]))) {
        projector(store, readModel(args[0]), 1).catchUp();
      }
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
      EventStore store, ReadModel<States<Trail>> readModel, int batchEvents) {
    var options = FoldingOptions.defaults().withBatchEventsMax(batchEvents);
    return Projector.of(store, Trails.projection(1), readModel, options);
  }

  @ParameterizedTest
  @MethodSource("databases")
  void a_projection_whose_process_is_killed_goes_on_where_it_was(String database) throws Exception {
    var seed = Steps.seed();
    var random = new Random(seed);
    var readModel = readModel(database);
    var events = (KILLS + 1) * EVENTS_EACH_LIFE;

    for (var kill = 0; kill < KILLS; kill++) {
      var before = position(readModel);
      var process = start(database, events);
      var until = before + 1 + random.nextInt(EVENTS_EACH_LIFE);
      while (position(readModel) < until && !process.waitFor(1, TimeUnit.MILLISECONDS)) {
        // It is folding.
      }
      process.destroyForcibly().waitFor();
      assertThat(position(readModel)).as("seed %d, kill %d", seed, kill).isGreaterThan(before);
    }
    try (var store = store(events)) {
      projector(store, readModel, 256).catchUp();
    }

    assertThat(readModel.<Object>read(Trails.NAME, States::all))
        .as("seed %d", seed)
        .isEqualTo(Trails.expected(PARTITIONS, events));
  }

  private static long position(ReadModel<?> readModel) {
    return readModel.<Long>transact(transaction ->
        transaction.checkpoints(Trails.NAME).stream()
            .mapToLong(Checkpoint::position)
            .findFirst()
            .orElse(-1));
  }

  private static Process start(String database, int events) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--enable-native-access=ALL-UNNAMED",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            Folding.class.getName(),
            database,
            "" + events)
        .redirectErrorStream(true)
        .redirectOutput(Redirect.DISCARD)
        .start();
  }
}
