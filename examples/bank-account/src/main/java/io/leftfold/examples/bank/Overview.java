// SPDX-License-Identifier: Apache-2.0

package io.leftfold.examples.bank;

import io.leftfold.api.EventFilter;
import io.leftfold.api.Query;
import io.leftfold.examples.bank.BankEvent.AccountOpened;
import io.leftfold.examples.bank.BankEvent.Booking;
import io.leftfold.examples.bank.BankEvent.CreditLineSet;
import io.leftfold.examples.bank.BankEvent.PaymentConfirmed;
import io.leftfold.readmodels.SqlReadModel;
import io.leftfold.readmodels.SqlTable;
import io.leftfold.readmodels.SqlView;
import io.leftfold.toolkit.EventTypes;
import io.leftfold.toolkit.Occurred;
import io.leftfold.toolkit.Personal;
import io.leftfold.toolkit.Projection;
import java.time.LocalDate;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/// All accounts and all bookings, in SQL: for questions that no single account can answer. It is a
/// little behind the events, and can be deleted at any time; it is folded again.
final class Overview {

  private static final String NAME = "overview";

  /// Since version 2 an owner may be erased.
  static Projection<BankEvent, SqlView> projection(EventTypes<BankEvent> events) {
    var types = Query.typed(events.names().toArray(String[]::new));
    return Projection.of(NAME, 2, events, Overview::fold)
        .from(EventFilter.matching(Query.of(types)))
        .partitionedBy((event, _) -> event.account());
  }

  private final SqlReadModel<SqlView> readModel;

  Overview(DataSource database) {
    readModel =
        SqlReadModel.of(
            database,
            new SqlTable(
                "accounts",
                """
                account VARCHAR(40) PRIMARY KEY, iban VARCHAR(34) NOT NULL, owner VARCHAR(140),
                balance BIGINT NOT NULL, credit_line BIGINT NOT NULL\
                """),
            new SqlTable(
                "ledger",
                """
                log_position BIGINT PRIMARY KEY, booked VARCHAR(40) NOT NULL, account VARCHAR(40) NOT NULL,
                value_date VARCHAR(10) NOT NULL, cents BIGINT NOT NULL, description VARCHAR(200) NOT NULL\
                """));
  }

  SqlReadModel<SqlView> readModel() {
    return readModel;
  }

  /// Empties the partition of an account.
  static void clear(SqlView view, String account) {
    view.update("DELETE FROM {accounts} WHERE account = ?", account);
    view.update("DELETE FROM {ledger} WHERE account = ?", account);
  }

  private static void fold(SqlView view, Occurred<BankEvent> occurred) {
    switch (occurred.event()) {
      case AccountOpened(var account, var iban, var owner) -> {
        view.update(
            "INSERT INTO {accounts} (account, iban, balance, credit_line) VALUES (?, ?, 0, 0)",
            account,
            iban);
        if (owner instanceof Personal.Known<String>(var name)) {
          view.update("UPDATE {accounts} SET owner = ? WHERE account = ?", name, account);
        }
      }
      case CreditLineSet(var account, var cents) ->
          view.update("UPDATE {accounts} SET credit_line = ? WHERE account = ?", cents, account);
      case PaymentConfirmed _ -> {}
      case Booking booking -> {
        view.update(
            "UPDATE {accounts} SET balance = balance + ? WHERE account = ?",
            booking.change(),
            booking.account());
        view.update(
            "INSERT INTO {ledger} (log_position, booked, account, value_date, cents, description) VALUES (?, ?, ?, ?, ?, ?)",
            occurred.recorded().position(),
            occurred.recorded().recorded().toString(),
            booking.account(),
            booking.valueDate().toString(),
            booking.change(),
            booking.text());
      }
    }
  }

  /// @param owner null once it is erased
  record AccountRow(
      String account, String iban, @Nullable String owner, long balance, long creditLine) {}

  /// Every account, by name.
  List<AccountRow> accounts() {
    return readModel.read(
        NAME,
        view ->
            view.query(
                "SELECT account, iban, owner, balance, credit_line FROM {accounts} ORDER BY account",
                row ->
                    new AccountRow(
                        row.getString(1),
                        row.getString(2),
                        row.getString(3),
                        row.getLong(4),
                        row.getLong(5))));
  }

  record LedgerRow(
      long position, String booked, String account, String valueDate, long cents, String text) {}

  /// Every booking of a value date, in the order in which they were recorded.
  List<LedgerRow> ledger(LocalDate valueDate) {
    return readModel.read(
        NAME,
        view ->
            view.query(
                """
                SELECT log_position, booked, account, value_date, cents, description FROM {ledger}
                WHERE value_date = ? ORDER BY log_position\
                """,
                row ->
                    new LedgerRow(
                        row.getLong(1),
                        row.getString(2),
                        row.getString(3),
                        row.getString(4),
                        row.getLong(5),
                        row.getString(6)),
                valueDate.toString()));
  }
}
