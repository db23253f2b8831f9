// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit;

import static io.leftfold.toolkit.Accounts.stream;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.leftfold.api.EventStore;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.ReadOptions;
import io.leftfold.testkit.InMemoryEventStore;
import io.leftfold.toolkit.Accounts.Account;
import io.leftfold.toolkit.Accounts.AccountCommand;
import io.leftfold.toolkit.Accounts.AccountEvent;
import io.leftfold.toolkit.Accounts.Deposit;
import io.leftfold.toolkit.Accounts.Deposited;
import io.leftfold.toolkit.Accounts.Open;
import io.leftfold.toolkit.Accounts.Refusal;
import io.leftfold.toolkit.Accounts.Withdrawn;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class CorrectionsTest {

  private final EventStore store = new InMemoryEventStore(Clock.systemUTC());
  private final CommandHandler<AccountCommand, Account, AccountEvent, Refusal> accounts =
      CommandHandler.of(store, Accounts.DECIDER, Accounts.CODEC, Accounts::boundary);
  private final Corrections<AccountEvent> corrections =
      Corrections.of(store, Accounts.CODEC, CorrectionsTest::reversal);
  private long mistaken;

  @BeforeEach
  void depositTooMuch() {
    accounts.handle(new Open("7"));
    accounts.handle(new Deposit("7", 800));
    mistaken = store.lastPosition().orElseThrow();
  }

  @AfterEach
  void close() {
    store.close();
  }

  private static List<AccountEvent> reversal(AccountEvent event) {
    return switch (event) {
      case Deposited(var amount) -> List.of(new Withdrawn(amount));
      case Withdrawn(var amount) -> List.of(new Deposited(amount));
      case Accounts.Opened(), Accounts.Closed() -> List.of();
    };
  }

  private long balance() {
    return accounts.state(Boundary.stream(stream("7"))).balance();
  }

  @Test
  void the_mistake_stays_is_reversed_and_what_should_have_been_is_entered_in_one_commit() {
    var id = store.readAll(ReadOptions.forwards().from(mistaken)).events().getFirst().id();

    var corrected = corrections.correct(mistaken, List.of(new Deposited(80)));

    assertThat(corrected.events()).containsExactly(new Withdrawn(800), new Deposited(80));
    assertThat(corrected.repeated()).isFalse();
    assertThat(balance()).isEqualTo(80);
    var events = store.read(stream("7"), ReadOptions.forwards()).events();
    assertThat(events).hasSize(4);
    assertThat(events.get(2).recorded()).isEqualTo(events.get(3).recorded());
    assertThat(events.subList(2, 4))
        .allSatisfy(event ->
            assertThat(new String(event.metadata(), UTF_8))
                .isEqualTo("{\"corrects\":\"%s\"}".formatted(id)));
  }

  @Test
  void what_should_not_have_happened_is_only_reversed() {
    corrections.correct(mistaken, List.of());

    assertThat(balance()).isZero();
  }

  @Test
  void a_mistake_is_corrected_once_whoever_does_it() throws Exception {
    try (var threads = Executors.newFixedThreadPool(8)) {
      var all = new ArrayList<Corrections.Corrected<AccountEvent>>();
      Callable<Corrections.Corrected<AccountEvent>> correct =
          () -> corrections.correct(mistaken, List.of(new Deposited(80)));
      for (var future : threads.invokeAll(IntStream.range(0, 8).mapToObj(_ -> correct).toList())) {
        all.add(future.get());
      }

      assertThat(all)
          .extracting(Corrections.Corrected::events)
          .containsOnly(List.of(new Withdrawn(800), new Deposited(80)));
      assertThat(all).filteredOn(one -> !one.repeated()).hasSize(1);
      assertThat(balance()).isEqualTo(80);
    }
  }

  @Test
  void a_correction_can_be_corrected() {
    var first = corrections.correct(mistaken, List.of(new Deposited(80)));
    corrections.correct(first.position(), List.of(new Deposited(90)));

    assertThat(balance()).isEqualTo(90);
  }

  @Test
  void what_cannot_be_taken_back_is_refused() {
    assertThatThrownBy(() -> corrections.correct(mistaken - 1, List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("AccountOpened at position %d cannot be taken back", mistaken - 1);
    assertThatThrownBy(() -> corrections.correct(999, List.of()))
        .hasMessageContaining("no event at position 999");
    assertThat(balance()).isEqualTo(800);

    store.append(stream("7"), ExpectedState.any(), ProposedEvent.json("Unheard", "{}"));
    assertThatThrownBy(() -> corrections.correct(mistaken + 1, List.of()))
        .isInstanceOf(UnreadableEventException.class);
  }
}
