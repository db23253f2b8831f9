// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit;

import static io.leftfold.toolkit.JsonBinding.jackson;
import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.api.EventStore;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.testkit.InMemoryEventStore;
import io.leftfold.toolkit.topology.Mode;
import io.leftfold.toolkit.topology.Topology;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// What the README shows of the toolkit stands here between the markers, to the letter, and is run.
final class ReadmeExampleTest {

  private static final Pattern SHOWN = Pattern.compile("(?s)( *)// shown\n(.*?\n)\\1// to here\n");

  // shown
  sealed interface AccountEvent {}

  record Deposited(long amount) implements AccountEvent {}

  record Withdrawn(long amount) implements AccountEvent {}

  record Withdraw(String account, long amount) {}

  static final Decider<Withdraw, Long, AccountEvent, String> ACCOUNTS =
      Decider.of(
          0L,
          (command, balance) ->
              command.amount() > balance
                  ? Decision.reject("overdrawn")
                  : Decision.accept(new Withdrawn(command.amount())),
          (balance, event) ->
              switch (event) {
                case Deposited(var amount) -> balance + amount;
                case Withdrawn(var amount) -> balance - amount;
              });

  static final EventTypes<AccountEvent> EVENTS =
      EventTypes.of(AccountEvent.class)
          .type("MoneyDeposited", 1, Deposited.class, jackson(Deposited.class))
          .type("MoneyWithdrawn", 1, Withdrawn.class, jackson(Withdrawn.class))
          .build();

  // to here

  private static void withdraw(EventStore store) {
    // shown
    var accounts =
        CommandHandler.of(
            store,
            ACCOUNTS,
            EVENTS,
            command -> Boundary.stream(StreamName.of("account-" + command.account())));

    var outcome = accounts.handle(CommandId.of("request-17"), new Withdraw("7", 40));
    switch (outcome) {
      case Outcome.Accepted(var position, _, _) -> IO.println("taken, at position " + position);
      case Outcome.Rejected(var why) -> IO.println("refused: " + why);
    }
    // to here
  }

  private static void fold(EventStore store, long position) throws InterruptedException {
    // shown
    var balances = Projection.folding("balances", 1, EVENTS, 0L, ACCOUNTS::evolve);
    var readModel = new InMemoryReadModel<Long>();
    try (var projector = Projector.of(store, balances, readModel)) {
      projector.start();
      projector.await(position, Duration.ofSeconds(2)); // what was written can be read
      var balance = readModel.<Optional<Long>>read("balances", states -> states.of("account-7"));
      IO.println("there is left " + balance.orElse(0L));
    }
    // to here
  }

  private static void run(
      EventStore store, Projection<AccountEvent, States<Long>> balances, Mode mode) {
    var readModel = new InMemoryReadModel<Long>();
    // shown
    var topology = Topology.named("bank").projection(balances, readModel);
    try (var running = topology.run(store, mode, Clock.systemUTC(), Thread.ofVirtual().factory())) {
      var account = StreamName.of("account-8");
      running.store().append(account, ExpectedState.any(), EVENTS.encode(new Deposited(50)));
      // By a mode "inline", "account-8" has its 50 in the read model here.
    }
    // to here
    assertThat(readModel.<Long>read("balances", all -> all.of("account-8").orElse(0L)))
        .isEqualTo(50);
  }

  private static void specify() {
    // shown
    Specification.of(ACCOUNTS)
        .given(new Deposited(50))
        .when(new Withdraw("7", 80))
        .thenRejected("overdrawn");
    // to here
  }

  @Test
  void the_readme_shows_what_is_here() throws IOException {
    var readme = Files.readString(project().resolve("README.md"));
    var source =
        Files.readString(
            project().resolve("toolkit/src/test/java/io/leftfold/toolkit/ReadmeExampleTest.java"));

    var shown = SHOWN.matcher(source).results().map(found -> found.group(2)).toList();
    assertThat(shown).hasSize(5);
    assertThat(shown)
        .allSatisfy(text -> assertThat(readme).contains(text.stripTrailing().stripIndent()));
  }

  private static Path project() {
    var folder = Path.of("").toAbsolutePath();
    return Files.exists(folder.resolve("mvnw")) ? folder : folder.resolve("..");
  }

  @Test
  void the_readme_is_right() throws InterruptedException {
    try (var store = new InMemoryEventStore(Clock.systemUTC())) {
      var account = StreamName.of("account-7");
      store.append(
          account, ExpectedState.any(), ProposedEvent.json("MoneyDeposited", "{\"amount\":50}"));

      withdraw(store);
      withdraw(store);
      specify();
      fold(store, store.lastPosition().orElseThrow());
      run(
          store,
          Projection.folding("balances", 1, EVENTS, 0L, ACCOUNTS::evolve),
          Mode.named("inline", "here"));

      assertThat(store.state(account).lastRevision()).isEqualTo(1);
    }
  }
}
