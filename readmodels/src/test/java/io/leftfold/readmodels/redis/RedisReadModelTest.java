// SPDX-License-Identifier: Apache-2.0

package io.leftfold.readmodels.redis;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.leftfold.api.AsOf;
import io.leftfold.api.EventStore;
import io.leftfold.readmodels.Bank;
import io.leftfold.readmodels.Bank.Account;
import io.leftfold.readmodels.RedisServer;
import io.leftfold.testkit.InMemoryEventStore;
import io.leftfold.testkit.Steps;
import io.leftfold.toolkit.Checkpoint;
import io.leftfold.toolkit.Checkpoint.Role;
import io.leftfold.toolkit.FoldingOptions;
import io.leftfold.toolkit.InMemoryReadModel;
import io.leftfold.toolkit.ProjectionVersion;
import io.leftfold.toolkit.Projector;
import io.leftfold.toolkit.ReadModelException;
import io.leftfold.toolkit.States;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.RedisClient;

/// The accounts of a bank in Redis.
final class RedisReadModelTest {

  private static final int ACCOUNTS = 4;
  private static final FoldingOptions OPTIONS = FoldingOptions.defaults().withBatchEventsMax(3);

  private final EventStore store = new InMemoryEventStore(Clock.systemUTC());

  private String prefix = "";

  @SuppressWarnings("NullAway.Init")
  private RedisClient redis;

  @SuppressWarnings("NullAway.Init")
  private RedisReadModel<Account> readModel;

  @BeforeEach
  void open() {
    var room = RedisServer.room().split("#", 2);
    prefix = room[1];
    redis = RedisClient.create(room[0]);
    readModel = RedisReadModel.ofStates(redis, prefix, Bank.BINDING);
  }

  @AfterEach
  void close() {
    redis.close();
    store.close();
  }

  private Projector<?, ?> projector(RedisReadModel<Account> keptIn, int version) {
    return Projector.of(store, Bank.overview(version), keptIn, OPTIONS);
  }

  private Map<String, Account> foldFromZero(AsOf moment) {
    return Projector.of(store, Bank.overview(1), readModel, OPTIONS)
        .asOf(moment, new InMemoryReadModel<Account>())
        .read(Bank.NAME, States::all);
  }

  private static Map<String, Account> accounts(RedisReadModel<Account> readModel) {
    return readModel.read(Bank.NAME, States::all);
  }

  private static Optional<Checkpoint> live(RedisReadModel<Account> readModel) {
    return readModel.<Optional<Checkpoint>>transact(transaction -> transaction.live(Bank.NAME));
  }

  // ---- for other readers

  @Test
  void everything_is_read_by_plain_commands() {
    Bank.open(store, ACCOUNTS);
    Bank.book(store, ACCOUNTS, 0, 10);
    projector(readModel, 1).catchUp();

    assertThat(redis.get(prefix + ":overview:live")).isEqualTo("1");
    assertThat(
            redis.hgetAll(prefix + ":overview:1:states").entrySet().stream()
                .collect(toMap(Map.Entry::getKey, one -> Bank.BINDING.readText(one.getValue()))))
        .isEqualTo(foldFromZero(AsOf.now()));
    assertThat(redis.hgetAll(prefix + ":overview:checkpoints"))
        .hasSize(1)
        .hasEntrySatisfying(
            "1",
            text ->
                assertThat(text)
                    .contains(
                        "\"role\":\"LIVE\",\"position\":%d,"
                            .formatted(store.lastPosition().orElseThrow())));
  }

  @Test
  void what_is_parked_is_there_by_position_and_partition() {
    var version = new ProjectionVersion(Bank.NAME, 1);
    readModel.transact(transaction -> {
      transaction.park(version, "account of Ann", 17, "no\nsuch owner");
      transaction.park(version, "account of Ann", 9, "");
      return version;
    });

    assertThat(redis.hgetAll(prefix + ":overview:1:parked"))
        .isEqualTo(Map.of("17 account of Ann", "no\nsuch owner", "9 account of Ann", ""));
    assertThat(
            readModel.<List<Long>>transact(
                transaction -> transaction.parkedEvents(version, "account of Ann", 0, 10)))
        .containsExactly(9L, 17L);
  }

  @Test
  void a_version_that_is_dropped_leaves_nothing() {
    Bank.open(store, ACCOUNTS);
    projector(readModel, 1).catchUp();
    var next = projector(readModel, 2);
    next.step();
    assertThat(redis.get(prefix + ":overview:live")).isEqualTo("1");
    next.catchUp();
    assertThat(redis.get(prefix + ":overview:live")).isEqualTo("2");

    readModel.drop(new ProjectionVersion(Bank.NAME, 1));

    assertThat(redis.keys(prefix + ":*"))
        .containsExactlyInAnyOrder(
            prefix + ":overview:live",
            prefix + ":overview:checkpoints",
            prefix + ":overview:2:states");
    assertThat(redis.hkeys(prefix + ":overview:checkpoints")).containsExactly("2");
    assertThat(accounts(readModel)).isEqualTo(foldFromZero(AsOf.now()));
    readModel.drop(new ProjectionVersion(Bank.NAME, 2));
    assertThat(redis.keys(prefix + ":*")).isEmpty();
  }

  // ---- whole, or not at all

  @Test
  void who_finds_out_at_the_end_that_another_was_quicker_has_changed_nothing() {
    Bank.open(store, ACCOUNTS);
    projector(readModel, 1).catchUp();
    var before = live(readModel).orElseThrow();
    var quicker = moved(before, 100);
    var slower = moved(before, 200);

    assertThatThrownBy(() ->
            readModel.transact(transaction -> {
              assertThat(transaction.replace(before, slower)).isTrue();
              transaction.view(before.version()).remove("0");
              assertThat(readModel.<Boolean>transact(other -> other.replace(before, quicker)))
                  .isTrue();
              return before;
            }))
        .isInstanceOf(ReadModelException.class)
        .hasMessageContaining("somebody else");

    assertThat(live(readModel)).contains(quicker);
    assertThat(accounts(readModel)).containsKey("0");
    assertThat(readModel.<Boolean>transact(other -> other.replace(before, slower))).isFalse();
  }

  private static Checkpoint moved(Checkpoint before, long position) {
    return new Checkpoint(
        before.version(), before.role(), position, before.reactsAfter(), before.revision() + 1);
  }

  /// A server that lost what it had said comes to the same revision again, by other steps.
  @Test
  void a_checkpoint_of_the_same_revision_at_another_place_is_another() {
    Bank.open(store, ACCOUNTS);
    projector(readModel, 1).catchUp();
    var before = live(readModel).orElseThrow();

    assertThat(
            readModel.<Boolean>transact(transaction ->
                transaction.replace(
                    new Checkpoint(
                        before.version(),
                        before.role(),
                        1,
                        before.reactsAfter(),
                        before.revision()),
                    moved(before, 2))))
        .isFalse();
    assertThat(live(readModel)).contains(before);
  }

  @Test
  void of_two_versions_that_begin_at_once_one_is_live() {
    var first = new Checkpoint(new ProjectionVersion(Bank.NAME, 1), Role.LIVE, -1, -1, 0);
    var second = new Checkpoint(new ProjectionVersion(Bank.NAME, 2), Role.LIVE, -1, -1, 0);

    assertThatThrownBy(() ->
            readModel.transact(transaction -> {
              transaction.add(second);
              readModel.transact(other -> {
                other.add(first);
                return first;
              });
              return second;
            }))
        .isInstanceOf(ReadModelException.class)
        .hasMessageContaining("another version of it is live");

    assertThat(
            readModel.<List<Checkpoint>>transact(transaction -> transaction.checkpoints(Bank.NAME)))
        .containsExactly(first);
  }

  @Test
  void a_key_that_somebody_else_uses_stops_the_projection_before_anything_is_changed() {
    Bank.open(store, ACCOUNTS);
    projector(readModel, 1).catchUp();
    var before = live(readModel).orElseThrow();
    redis.set(prefix + ":overview:1:parked", "mine");

    assertThatThrownBy(() ->
            readModel.transact(transaction -> {
              transaction.replace(before, moved(before, 100));
              transaction.view(before.version()).remove("0");
              transaction.park(before.version(), "1", 100, "no");
              return before;
            }))
        .isInstanceOf(ReadModelException.class)
        .hasMessageContaining("WRONGTYPE");

    assertThat(live(readModel)).contains(before);
    assertThat(accounts(readModel)).containsKey("0");
  }

  // ---- what Redis loses

  @Test
  void a_server_that_lost_its_last_seconds_goes_on_from_an_earlier_moment(@TempDir Path directory)
      throws IOException {
    Bank.open(store, ACCOUNTS);
    Bank.book(store, ACCOUNTS, 0, 20);
    var half = Files.createDirectory(directory.resolve("half"));
    try (var server = durable(half);
        var client = server.client()) {
      projector(RedisReadModel.ofStates(client, "bank", Bank.BINDING), 1).catchUp();
    }
    Bank.book(store, ACCOUNTS, 20, 30);
    var seed = Steps.seed();
    var random = new Random(seed);
    var bytes = Files.size(log(half));

    for (var cut = 0; cut < 6; cut++) {
      var left = random.nextLong(bytes);
      var lossy = copy(half, directory.resolve("cut" + cut), left);
      try (var server = durable(lossy);
          var client = server.client()) {
        var cutModel = RedisReadModel.ofStates(client, "bank", Bank.BINDING);
        var checkpoint = live(cutModel);
        if (checkpoint.isPresent()) {
          assertThat(accounts(cutModel))
              .as("seed %d, %d bytes are left", seed, left)
              .isEqualTo(foldFromZero(new AsOf.Position(checkpoint.orElseThrow().position() + 1)));
        }
        projector(cutModel, 1).catchUp();
        assertThat(accounts(cutModel))
            .as("seed %d, %d bytes are left", seed, left)
            .isEqualTo(foldFromZero(AsOf.now()));
      }
    }
  }

  private static RedisServer durable(Path directory) {
    return RedisServer.start(
        directory, "--save", "", "--appendonly", "yes", "--appendfsync", "always");
  }

  /// The file that is appended to, in the place of one release or another.
  private static Path log(Path directory) throws IOException {
    try (var files = Files.walk(directory)) {
      return files
          .filter(file -> file.toString().endsWith(".incr.aof") || file.endsWith("appendonly.aof"))
          .findFirst()
          .orElseThrow();
    }
  }

  private static Path copy(Path from, Path to, long bytesLeft) throws IOException {
    try (var files = Files.walk(from)) {
      for (var file : files.toList()) {
        Files.copy(file, to.resolve(from.relativize(file)));
      }
    }
    try (var file = FileChannel.open(log(to), StandardOpenOption.WRITE)) {
      file.truncate(bytesLeft);
    }
    return to;
  }

  @Test
  void a_server_that_does_not_answer_is_a_failure_of_the_read_model(@TempDir Path directory) {
    Bank.open(store, ACCOUNTS);
    try (var server = durable(directory);
        var client = server.client()) {
      var gone = RedisReadModel.ofStates(client, "bank", Bank.BINDING);
      projector(gone, 1).catchUp();
      server.kill();

      assertThatThrownBy(() -> accounts(gone))
          .isInstanceOf(ReadModelException.class)
          .hasMessageContaining("Redis failed");
    }
  }
}
