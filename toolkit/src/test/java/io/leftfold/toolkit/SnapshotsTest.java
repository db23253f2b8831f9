// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit;

import static io.leftfold.toolkit.Accounts.stream;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.leftfold.api.AppendResult;
import io.leftfold.api.AsOf;
import io.leftfold.api.Commit;
import io.leftfold.api.EventStore;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.ForwardingEventStore;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.Query;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.StreamName;
import io.leftfold.api.UnavailableException;
import io.leftfold.testkit.InMemoryEventStore;
import io.leftfold.toolkit.Accounts.Account;
import io.leftfold.toolkit.Accounts.AccountCommand;
import io.leftfold.toolkit.Accounts.AccountEvent;
import io.leftfold.toolkit.Accounts.Deposit;
import io.leftfold.toolkit.Accounts.Open;
import io.leftfold.toolkit.Accounts.Phase;
import io.leftfold.toolkit.Accounts.Refusal;
import java.time.Clock;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Snapshots spare reading and change nothing; that states are right whatever is done to their
/// streams is a matter of [RememberingTest].
final class SnapshotsTest {

  private static final String SEVEN = "snapshots.accounts-account-7";

  private final CountingStore store = new CountingStore(new InMemoryEventStore(Clock.systemUTC()));

  @AfterEach
  void close() {
    store.close();
  }

  private static Snapshots<Account> snapshots(int version) {
    return Snapshots.<Account>of(
            "accounts",
            version,
            account -> "[\"%s\",%d]".formatted(account.phase(), account.balance()),
            SnapshotsTest::parsed)
        .everyEvents(10);
  }

  private static Account parsed(String json) {
    var parts = json.substring(1, json.length() - 1).split(",", -1);
    return new Account(Phase.valueOf(parts[0].replace("\"", "")), Long.parseLong(parts[1]));
  }

  /// As after a new start: nothing is remembered.
  private static CommandHandler<AccountCommand, Account, AccountEvent, Refusal> accounts(
      EventStore store, Snapshots<Account> snapshots) {
    return CommandHandler.of(store, Accounts.DECIDER, Accounts.CODEC, Accounts::boundary)
        .with(snapshots);
  }

  private void deposit(int times) {
    var accounts = accounts(store, snapshots(1));
    accounts.handle(new Open("7"));
    for (var i = 0; i < times; i++) {
      accounts.handle(new Deposit("7", 1));
    }
  }

  private Account sevenBy(Snapshots<Account> snapshots) {
    store.reset();
    return accounts(store, snapshots).state(Boundary.stream(stream("7")));
  }

  @Test
  void only_what_is_behind_the_snapshot_is_read_after_a_new_start() {
    deposit(100);

    assertThat(sevenBy(snapshots(1)).balance()).isEqualTo(100);
    assertThat(store.events()).isLessThanOrEqualTo(1 + 10);
  }

  @Test
  void only_the_newest_snapshot_is_kept() {
    deposit(100);

    assertThat(store.read(StreamName.of(SEVEN), ReadOptions.forwards()).events()).hasSize(1);
    assertThat(
            store.read(StreamName.of(SEVEN), ReadOptions.forwards()).events().getFirst().revision())
        .isGreaterThan(5);
  }

  @Test
  void a_snapshot_of_another_version_is_as_none_and_replaced() {
    deposit(100);

    assertThat(sevenBy(snapshots(2)).balance()).isEqualTo(100);
    assertThat(store.events()).isEqualTo(1 + 101);

    var _ = accounts(store, snapshots(2)).handle(new Deposit("7", 1));
    assertThat(sevenBy(snapshots(2)).balance()).isEqualTo(101);
    assertThat(store.events()).isEqualTo(1 + 1);
  }

  @Test
  void a_snapshot_that_cannot_be_read_is_as_none() {
    deposit(100);
    for (var broken :
        new ProposedEvent[] {
          ProposedEvent.json("$snapshot", "{}").withMetadata("{\"schemaVersion\":1}"),
          ProposedEvent.json("$snapshot", "{}")
              .withMetadata(
                  "{\"schemaVersion\":1,\"next\":1,\"firstVisible\":0,\"lastPosition\":0}"),
          ProposedEvent.json("$snapshot", "[]"),
          ProposedEvent.binary("$snapshot", new byte[] {1}).withMetadata(new byte[] {2})
        }) {
      store.append(StreamName.of(SEVEN), ExpectedState.any(), broken);

      assertThat(sevenBy(snapshots(1)).balance()).isEqualTo(100);
      assertThat(store.events()).isEqualTo(1 + 101);
    }
  }

  @Test
  void a_dear_fold_is_kept_sooner() {
    var accounts =
        accounts(store, snapshots(1).everyEvents(1_000).orWhenFoldingTakes(Duration.ofNanos(1)));
    accounts.handle(new Open("7"));
    accounts.handle(new Deposit("7", 1));

    assertThat(store.read(StreamName.of(SEVEN), ReadOptions.forwards()).events()).hasSize(1);
  }

  /// The snapshot is behind the ninety-ninth event, or so; every position in turn.
  @Test
  void a_state_of_the_past_before_and_behind_a_snapshot_is_the_fold_from_zero() {
    deposit(100);
    var snapshot =
        store.read(StreamName.of(SEVEN), ReadOptions.forwards()).events().getFirst().position();
    var kept = accounts(store, snapshots(1));
    var forgetful = CommandHandler.of(store, Accounts.DECIDER, Accounts.CODEC, Accounts::boundary);
    var seven = Boundary.<AccountEvent>stream(stream("7"));
    var spared = 0;

    for (var end = 0L; end <= snapshot + 20; end++) {
      var moment = new AsOf.Position(end);
      store.reset();
      var fromZero = forgetful.stateAsOf(seven, moment);
      var allOfIt = store.events();
      store.reset();

      assertThat(kept.stateAsOf(seven, moment)).as("%s", moment).isEqualTo(fromZero);
      spared += store.events() < allOfIt ? 1 : 0;
    }
    assertThat(spared).isPositive();
  }

  @Test
  void no_query_sees_snapshots() {
    deposit(100);

    assertThat(store.read(Query.everything(), ReadOptions.forwards()).events())
        .allMatch(event -> event.stream().equals(stream("7")))
        .hasSize(101);
  }

  @Test
  void a_command_is_accepted_although_its_snapshot_cannot_be_written() {
    var refusing =
        new ForwardingEventStore(store) {
          @Override
          public AppendResult append(Commit commit) {
            if (commit.parts().getFirst().stream().value().startsWith("snapshots.")) {
              throw new UnavailableException(UnavailableException.Reason.READ_ONLY, "planted");
            }
            return super.append(commit);
          }
        };
    var accounts = accounts(refusing, snapshots(1).everyEvents(1));
    accounts.handle(new Open("7"));

    assertThat(accounts.handle(new Deposit("7", 5))).isInstanceOf(Outcome.Accepted.class);
    assertThat(accounts.state(Boundary.stream(stream("7"))).balance()).isEqualTo(5);
  }

  @Test
  void names_and_numbers_that_cannot_be_are_refused() {
    assertThatThrownBy(() -> Snapshots.of("my-accounts", 1, Object::toString, json -> json))
        .hasMessageContaining("without \"-\"");
    assertThatThrownBy(() -> snapshots(0)).hasMessageContaining("version 0");
    assertThatThrownBy(() -> snapshots(1).everyEvents(0)).hasMessageContaining("0 events");
    assertThatThrownBy(() -> snapshots(1).orWhenFoldingTakes(Duration.ZERO))
        .hasMessageContaining("PT0S");
  }
}
