// SPDX-License-Identifier: Apache-2.0

package io.leftfold.examples.bank;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.examples.bank.BankCommand.ConfirmPayment;
import io.leftfold.examples.bank.BankCommand.Deposit;
import io.leftfold.examples.bank.BankCommand.OpenAccount;
import io.leftfold.examples.bank.BankCommand.OrderPayment;
import io.leftfold.examples.bank.BankCommand.SetCreditLine;
import io.leftfold.examples.bank.BankCommand.Transfer;
import io.leftfold.examples.bank.BankCommand.Withdraw;
import io.leftfold.examples.bank.BankEvent.AccountOpened;
import io.leftfold.examples.bank.BankEvent.TransferReceived;
import io.leftfold.examples.bank.BankEvent.TransferSent;
import io.leftfold.examples.bank.Overview.AccountRow;
import io.leftfold.examples.bank.Overview.LedgerRow;
import io.leftfold.toolkit.FoldingOptions;
import io.leftfold.toolkit.Personal;
import io.leftfold.toolkit.Projector;
import io.leftfold.toolkit.ViewSpecification;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.OptionalLong;
import org.h2.jdbcx.JdbcConnectionPool;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The overview is what a fold from zero comes to, whatever happens to who folds it.
final class OverviewTest {

  private static final FoldingOptions STEP_BY_STEP =
      FoldingOptions.defaults().withBatchEventsMax(2);

  private final TestBank test = TestBank.inMemory();

  @BeforeEach
  void let_things_happen() {
    var today = test.bank.today();
    test.opened(0, "alice");
    test.opened(1, "bob");
    test.does(new SetCreditLine("bob", 2_000, today));
    var mistake = test.does(new Deposit("alice", 50_000, today, "salary"));
    test.bank.correct("alice", mistake, OptionalLong.of(5_000));
    test.does(new Deposit("alice", 700, today.plusDays(3), "cheque"));
    test.does(new Transfer("alice", "bob", 1_000, today, "lunch"));
    test.does(new Withdraw("bob", 1_500, today, "cash"));
    test.does(new OrderPayment("alice", "p1", Iban.of(TestBank.IBANS.get(2)), 300, today, "rent"));
    test.does(new ConfirmPayment("alice", "p1"));
  }

  @AfterEach
  void close() {
    test.close();
  }

  private static final List<AccountRow> ACCOUNTS =
      List.of(
          new AccountRow("alice", TestBank.IBANS.get(0), "alice", 4_400, 0),
          new AccountRow("bob", TestBank.IBANS.get(1), "bob", -500, 2_000));

  private List<LedgerRow> today(Overview overview) {
    return overview.ledger(test.bank.today());
  }

  @Test
  void it_shows_all_accounts_and_the_bookings_of_a_value_date() {
    test.bank.projector().catchUp();

    assertThat(test.bank.overview().accounts()).isEqualTo(ACCOUNTS);
    assertThat(today(test.bank.overview()))
        .extracting(LedgerRow::cents)
        .containsExactly(50_000L, -50_000L, 5_000L, -1_000L, 1_000L, -1_500L, -300L);
    assertThat(test.bank.overview().ledger(test.bank.today().plusDays(3)))
        .extracting(LedgerRow::text)
        .containsExactly("cheque");
  }

  @Test
  void it_comes_to_the_same_in_whatever_order_accounts_are_folded() {
    var iban = TestBank.IBANS.getFirst();
    var today = test.bank.today();
    ViewSpecification.of(
            test.bank.overview().projection(test.types),
            () -> new Overview(TestBank.database(), test.keys).readModel(),
            view ->
                view.query(
                    "SELECT account, balance FROM {accounts} ORDER BY account",
                    row -> row.getString(1) + ": " + row.getLong(2)))
        .given(Accounts.stream("a"), new AccountOpened("a", iban, Personal.of("Ann")))
        .given(Accounts.stream("b"), new AccountOpened("b", iban, Personal.of("Bob")))
        .given(Accounts.stream("a"), new TransferSent("a", "b", 20, today, "lunch"))
        .given(Accounts.stream("b"), new TransferReceived("b", "a", 20, today, "lunch"))
        .then(List.of("a: -20", "b: 20"));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7})
  void another_projector_goes_on_where_one_was_left(int steps) {
    var database = TestBank.database();
    var first = new Overview(database, test.keys);
    var left =
        Projector.of(test.store, first.projection(test.types), first.readModel(), STEP_BY_STEP);
    for (var i = 0; i < steps; i++) {
      left.step();
    }

    var second = new Overview(database, test.keys);
    Projector.of(test.store, second.projection(test.types), second.readModel()).catchUp();

    isAFoldFromZero(second);
    database.dispose();
  }

  @Test
  void an_owner_who_is_erased_is_not_shown_and_nothing_else_is_lost() {
    test.bank.projector().catchUp();
    test.bank.eraseOwner("alice", "request 4711");

    var alice = ACCOUNTS.getFirst();
    assertThat(test.bank.overview().accounts())
        .containsExactly(
            new AccountRow("alice", alice.iban(), null, alice.balance(), alice.creditLine()),
            ACCOUNTS.getLast());
    assertThat(today(test.bank.overview())).hasSize(7);
    assertThat(test.bank.owner("alice")).isEqualTo(Personal.erased());
    assertThat(test.bank.owner("bob")).isEqualTo(Personal.of("bob"));
    test.does(new Deposit("alice", 1, test.bank.today(), "goes on"));
  }

  @Test
  void the_name_of_an_owner_is_in_no_file_of_the_database(@TempDir Path directory)
      throws SQLException, IOException {
    var database =
        JdbcConnectionPool.create("jdbc:h2:file:" + directory.resolve("overview"), "bank", "");
    var overview = new Overview(database, test.keys);
    test.does(new OpenAccount("zoe", Iban.of(TestBank.IBANS.get(3)), "Zaphod Beeblebrox"));
    Projector.of(test.store, overview.projection(test.types), overview.readModel()).catchUp();
    try (var connection = database.getConnection();
        var statement = connection.createStatement()) {
      statement.execute("CHECKPOINT SYNC");
    }

    assertThat(overview.accounts().getLast().owner()).isEqualTo("Zaphod Beeblebrox");
    assertThat(contents(directory)).contains(TestBank.IBANS.get(3)).doesNotContain("Zaphod");
    database.dispose();
  }

  private static String contents(Path directory) throws IOException {
    var contents = new StringBuilder();
    try (var files = Files.list(directory)) {
      for (var file : files.toList()) {
        contents.append(Files.readString(file, ISO_8859_1));
      }
    }
    return contents.toString();
  }

  private void isAFoldFromZero(Overview overview) {
    test.bank.projector().catchUp();
    assertThat(overview.accounts()).isEqualTo(test.bank.overview().accounts()).isEqualTo(ACCOUNTS);
    assertThat(today(overview)).isEqualTo(today(test.bank.overview())).hasSize(7);
  }
}
