// SPDX-License-Identifier: Apache-2.0

package io.leftfold.examples.bank;

import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.engine.LocalEventStore;
import io.leftfold.examples.bank.BankCommand.Deposit;
import io.leftfold.examples.bank.BankCommand.OpenAccount;
import io.leftfold.examples.bank.BankCommand.OrderPayment;
import io.leftfold.examples.bank.BankCommand.SetCreditLine;
import io.leftfold.examples.bank.BankCommand.Transfer;
import io.leftfold.examples.bank.BankCommand.Withdraw;
import io.leftfold.examples.bank.Kind.Place;
import io.leftfold.readmodels.graph.GraphReadModel;
import io.leftfold.testkit.Steps;
import io.leftfold.toolkit.CommandId;
import io.leftfold.toolkit.EventTypes;
import io.leftfold.toolkit.Outcome.Accepted;
import io.leftfold.toolkit.keys.KeyDirectory;
import java.io.BufferedReader;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import org.apache.tinkerpop.gremlin.tinkergraph.structure.TinkerTransactionGraph;
import org.h2.jdbcx.JdbcConnectionPool;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The overview of the bank, folded into every kind of read model, killed and gone on with, is that
/// of a fold from zero.
///
/// What outlasts a process is folded by one that is killed: into all kinds at once, three times, at
/// some step of one kind after the other; `-Dkills=100` for more. The graph is in memory, so there
/// somebody dies who folds into it.
final class OverviewKillTest {

  private static final int KILLS = Integer.getInteger("kills", 3);
  private static final int STEPS_EACH_LIFE = 15;
  private static final int EVENTS = 2 * STEPS_EACH_LIFE * KILLS + 40;
  private static final List<String> ACCOUNTS = List.of("alice", "bob", "carol", "dave");

  /// What somebody writes who means ill.
  private static final List<String> OWNERS =
      List.of("Ann \"A.\" Other", "<script>alert(1)</script>", "=1+1", "Zoë, O'Neil & Söhne");

  private static final List<String> IBANS =
      List.of(
          "DE89370400440532013000",
          "GB29NWBK60161331926819",
          "FR1420041010050500013M02606",
          "NL91ABNA0417164300");

  @TempDir
  @SuppressWarnings("NullAway.Init")
  private static Path directory;

  private static final long SEED = Steps.seed();

  /// The events, and the keys of what is personal in them. One process has them at a time.
  private record Events(LocalEventStore store, KeyDirectory keys) implements AutoCloseable {

    static Events open(Path directory) {
      return new Events(
          LocalEventStore.open(directory.resolve("events")),
          KeyDirectory.open(directory.resolve("keys"), new SecureRandom()));
    }

    EventTypes<BankEvent> types() {
      return Accounts.EVENTS.with(keys);
    }

    @Override
    public void close() {
      store.close();
      keys.close();
    }
  }

  // ---- what happens at the bank

  @BeforeAll
  static void let_things_happen() {
    KeyDirectory.create(directory.resolve("keys"), new SecureRandom()).close();
    var database = JdbcConnectionPool.create("jdbc:h2:mem:overview", "bank", "");
    try (var events = Events.open(directory);
        var bank =
            Bank.on(
                events.store(),
                events.keys(),
                database,
                OtherBank.imagined(),
                Clock.systemUTC(),
                Duration.ofDays(1))) {
      for (var i = 0; i < ACCOUNTS.size(); i++) {
        does(bank, i, new OpenAccount(ACCOUNTS.get(i), Iban.of(IBANS.get(i)), OWNERS.get(i)));
      }
      var random = new Random(SEED);
      var last = 0L;
      for (var number = ACCOUNTS.size(); last < EVENTS; number++) {
        last = Math.max(last, does(bank, number, anything(random, bank)));
      }
      bank.eraseOwner("alice", "request 4711");
    } finally {
      database.dispose();
    }
  }

  /// Does what somebody wants, and now and then it was a mistake.
  ///
  /// @return where it is recorded; −1 if it was rejected
  private static long does(Bank bank, int number, BankCommand command) {
    if (!(bank.handle(CommandId.of("command-" + number), command)
        instanceof Accepted<BankEvent, Refusal>(var position, _, _))) {
      return -1;
    }
    if (number % 7 == 6) {
      bank.correct(command.account(), position, OptionalLong.of(number));
    }
    return position;
  }

  private static BankCommand anything(Random random, Bank bank) {
    var account = ACCOUNTS.get(random.nextInt(ACCOUNTS.size()));
    var other = ACCOUNTS.get((ACCOUNTS.indexOf(account) + 1) % ACCOUNTS.size());
    var cents = 1 + random.nextInt(1_000);
    var today = bank.today();
    return switch (random.nextInt(6)) {
      case 0 -> new Withdraw(account, cents, today, "=cash");
      case 1 -> new Transfer(account, other, cents, today, "<b>lunch</b>");
      case 2 -> new SetCreditLine(account, cents, today);
      case 3 ->
          new OrderPayment(
              account,
              "p" + random.nextLong(),
              Iban.of(IBANS.get(0)),
              cents,
              today,
              "rent, \"May\"");
      default -> new Deposit(account, cents, today.plusDays(random.nextInt(40)), "salary");
    };
  }

  // ---- what outlasts a process

  /// The process that is killed. It is there before its turn comes, which it is told by a line; and
  /// says before each step into which kind it is.
  static final class Life {
    private Life() {}

    /// Folds into all kinds, a thread for each, until it is killed.
    ///
    /// @param arguments the directory, the room of Redis, and the schema of PostgreSQL
    public static void main(String[] arguments) throws Exception {
      var _ = System.in.read();
      var place = new Place(Path.of(arguments[0]), arguments[1], arguments[2]);
      var events = Events.open(place.directory());
      for (var kind : Kind.values()) {
        var _ = Thread.ofPlatform().name(kind.name()).start(() -> foldOrEnd(kind, place, events));
      }
      new CountDownLatch(1).await();
    }

    private static void foldOrEnd(Kind kind, Place place, Events events) {
      try {
        var projector = kind.open(place, events.keys()).projector(events.store(), events.types());
        for (var step = 0; step < STEPS_EACH_LIFE; step++) {
          IO.println(kind.name());
          projector.step();
        }
      } catch (IOException | RuntimeException e) {
        System.err.println("It cannot be folded into %s: %s".formatted(kind, e));
        Runtime.getRuntime().halt(1);
      }
    }
  }

  private static Process start(Place place) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-cp",
            System.getProperty("java.class.path"),
            Life.class.getName(),
            place.directory().toString(),
            place.redis(),
            place.postgres())
        .redirectError(Redirect.INHERIT)
        .start();
  }

  /// Lets a process begin, and kills it at a step.
  private static void live(Process process, Kind kind, int step) throws Exception {
    process.outputWriter().append('\n').flush();
    var said = process.inputReader();
    for (var begun = 0; begun < step; ) {
      begun += line(said).equals(kind.name()) ? 1 : 0;
    }
    process.destroyForcibly().waitFor();
  }

  private static String line(BufferedReader said) throws IOException {
    var line = said.readLine();
    if (line == null) {
      throw new AssertionError("The process that folds has ended before it was killed");
    }
    return line;
  }

  @Test
  void whatever_outlasts_a_process_goes_on_where_that_was_killed() throws Exception {
    var place = Place.empty(directory);
    var random = new Random(SEED);
    var kinds = List.of(Kind.values());
    var first = random.nextInt(kinds.size());
    var processes = new ArrayList<>(List.of(start(place)));
    try {
      for (var kill = 0; kill < KILLS; kill++) {
        if (kill + 1 < KILLS) {
          processes.add(start(place));
        }
        var kind = kinds.get((first + kill) % kinds.size());
        live(processes.removeFirst(), kind, 1 + random.nextInt(STEPS_EACH_LIFE));
      }
    } finally {
      for (var process : processes) {
        process.destroyForcibly().waitFor();
      }
    }

    try (var events = Events.open(directory)) {
      var expected = Shown.fromZero(events.store(), events.types());
      for (var kind : Kind.values()) {
        goesOn(kind, place, events, expected);
      }
    }
  }

  private static void goesOn(Kind kind, Place place, Events events, Shown expected)
      throws IOException {
    var empty = Place.empty(directory.resolve("zero"));
    try (var kept = kind.open(place, events.keys());
        var zero = kind.open(empty, events.keys())) {
      var projector = kept.projector(events.store(), events.types());
      assertThat(projector.lag()).as("%s, seed %d", kind, SEED).isPositive();
      projector.catchUp();
      zero.projector(events.store(), events.types()).catchUp();

      assertThat(kept.shown()).as("%s, seed %d", kind, SEED).isEqualTo(expected);
      assertThat(zero.shown()).as("%s", kind).isEqualTo(expected);
      assertThat(kept.pages()).as("%s, seed %d", kind, SEED).isEqualTo(zero.pages());
    }
  }

  // ---- what does not

  @Test
  void a_graph_is_gone_on_with_wherever_somebody_died_who_folded_into_it() {
    var random = new Random(SEED);
    try (var events = Events.open(directory);
        var graph = TinkerTransactionGraph.open()) {
      var readModel = GraphReadModel.of(graph);
      var deaths = 0;
      while (!BankGraph.foldsToTheEnd(
          events.store(), events.types(), readModel, random.nextInt(60))) {
        deaths++;
      }

      assertThat(deaths).as("seed %d", SEED).isGreaterThan(5);
      assertThat(BankGraph.shown(readModel))
          .as("seed %d", SEED)
          .isEqualTo(Shown.fromZero(events.store(), events.types()));
    }
  }
}
