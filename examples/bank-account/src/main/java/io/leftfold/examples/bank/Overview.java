// SPDX-License-Identifier: Apache-2.0

package io.leftfold.examples.bank;

import static java.nio.charset.StandardCharsets.UTF_8;

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
import io.leftfold.toolkit.keys.SubjectKeys;
import java.time.LocalDate;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/// All accounts and all bookings, in SQL: for questions that no single account can answer. It is a
/// little behind the events, and can be deleted at any time; it is folded again.
///
/// The names of owners are sealed here as they are in the events, with the same keys: who is erased
/// there is erased here, too, and in whatever the database keeps of its pages.
final class Overview {

  private static final String NAME = "overview";
  private static final byte[] OWNER = "the owner in the overview".getBytes(UTF_8);

  /// Since version 2 an owner may be erased, since version 3 the names are sealed.
  Projection<BankEvent, SqlView> projection(EventTypes<BankEvent> events) {
    var types = Query.typed(events.names().toArray(String[]::new));
    return Projection.of(NAME, 3, events, this::fold)
        .from(EventFilter.matching(Query.of(types)))
        .partitionedBy((event, _) -> event.account());
  }

  private final SqlReadModel<SqlView> readModel;
  private final SubjectKeys keys;

  Overview(DataSource database, SubjectKeys keys) {
    this.keys = keys;
    readModel =
        SqlReadModel.of(
            database,
            new SqlTable(
                "accounts",
                """
                account VARCHAR(40) PRIMARY KEY, iban VARCHAR(34) NOT NULL, owner VARCHAR(1000),
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

  private void fold(SqlView view, Occurred<BankEvent> occurred) {
    switch (occurred.event()) {
      case AccountOpened(var account, var iban, var owner) -> {
        view.update(
            "INSERT INTO {accounts} (account, iban, balance, credit_line) VALUES (?, ?, 0, 0)",
            account,
            iban);
        if (owner instanceof Personal.Known<String>(var name)) {
          view.update(
              "UPDATE {accounts} SET owner = ? WHERE account = ?", sealed(account, name), account);
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

  private String sealed(String account, String owner) {
    var sealed = keys.seal(Accounts.subject(account), owner.getBytes(UTF_8), OWNER);
    return Base64.getEncoder().encodeToString(sealed);
  }

  private @Nullable String opened(String account, @Nullable String sealed) {
    return Optional.ofNullable(sealed)
        .map(Base64.getDecoder()::decode)
        .flatMap(owner -> keys.open(Accounts.subject(account), owner, OWNER))
        .map(owner -> new String(owner, UTF_8))
        .orElse(null);
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
                        opened(row.getString(1), row.getString(3)),
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
