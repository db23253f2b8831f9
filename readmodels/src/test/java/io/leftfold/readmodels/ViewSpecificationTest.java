// SPDX-License-Identifier: Apache-2.0

package io.leftfold.readmodels;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.leftfold.api.EventFilter;
import io.leftfold.api.Query;
import io.leftfold.api.StreamName;
import io.leftfold.readmodels.Bank.BankEvent;
import io.leftfold.readmodels.Bank.BankEvent.Booked;
import io.leftfold.readmodels.Bank.BankEvent.Opened;
import io.leftfold.toolkit.Occurred;
import io.leftfold.toolkit.Projection;
import io.leftfold.toolkit.Projection.Fold;
import io.leftfold.toolkit.ViewSpecification;
import java.time.LocalDate;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/// Projections into several tables by examples, and what examples say of those that cannot be
/// repeated, or whose partitions depend on each other.
final class ViewSpecificationTest {

  private static final LocalDate DAY = LocalDate.of(2026, 7, 17);

  private static final SqlTable[] TABLES = {
    new SqlTable("accounts", "account VARCHAR(40) PRIMARY KEY, cents BIGINT NOT NULL"),
    new SqlTable("line", "log_position BIGINT PRIMARY KEY, cents BIGINT NOT NULL"),
    new SqlTable("days", "booked_on VARCHAR(10) PRIMARY KEY, cents BIGINT NOT NULL")
  };

  /// Of each account, of each booking, and of each day, on which several accounts are booked.
  private static void fold(SqlView view, Occurred<BankEvent> occurred) {
    switch (occurred.event()) {
      case Opened(var account, _) ->
          view.update("INSERT INTO {accounts} (account, cents) VALUES (?, 0)", account);
      case Booked(var account, var day, var cents, _) -> {
        view.update("UPDATE {accounts} SET cents = cents + ? WHERE account = ?", cents, account);
        line(view, occurred, cents);
        if (view.update(
                "UPDATE {days} SET cents = cents + ? WHERE booked_on = ?", cents, day.toString())
            == 0) {
          view.update("INSERT INTO {days} (booked_on, cents) VALUES (?, ?)", day.toString(), cents);
        }
      }
      case BankEvent.Transferred _ -> {}
    }
  }

  private static void line(SqlView view, Occurred<BankEvent> occurred, long cents) {
    view.update(
        "INSERT INTO {line} (log_position, cents) VALUES (?, ?)",
        occurred.recorded().position(),
        cents);
  }

  private static List<List<String>> whole(SqlView view) {
    RowReader<String> both = row -> row.getString(1) + " " + row.getLong(2);
    return List.of(
        view.query("SELECT account, cents FROM {accounts} ORDER BY 1", both),
        view.query("SELECT log_position, cents FROM {line} ORDER BY 1", both),
        view.query("SELECT booked_on, cents FROM {days} ORDER BY 1", both));
  }

  private static Projection<BankEvent, SqlView> projection(Fold<BankEvent, SqlView> fold) {
    return Projection.of("several", 1, Bank.EVENTS, fold)
        .partitionedBy((event, _) -> event.account());
  }

  private static ViewSpecification<BankEvent, SqlView, List<List<String>>> twoAccounts(
      Projection<BankEvent, SqlView> projection) {
    return ViewSpecification.of(
            projection, () -> SqlReadModel.of(Databases.h2(), TABLES), ViewSpecificationTest::whole)
        .given(StreamName.of("account-7"), new Opened("7", "Ann"), new Booked("7", DAY, 50, ""))
        .given(StreamName.of("account-8"), new Opened("8", "Bob"), new Booked("8", DAY, 5, ""))
        .given(StreamName.of("account-7"), new Booked("7", DAY.plusDays(1), -20, ""));
  }

  private static final List<List<String>> EXPECTED =
      List.of(
          List.of("7 30", "8 5"),
          List.of("2 50", "4 5", "5 -20"),
          List.of("2026-07-17 55", "2026-07-18 -20"));

  @Test
  void a_projection_comes_to_several_tables() {
    twoAccounts(projection(ViewSpecificationTest::fold)).then(EXPECTED);
  }

  @Test
  void another_view_than_expected_fails_and_is_shown() {
    assertThatThrownBy(() ->
            twoAccounts(projection(ViewSpecificationTest::fold))
                .then(List.of(List.of("7 31"), List.of(), List.of())))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("7 31")
        .hasMessageContaining("7 30, 8 5");
  }

  @Test
  void a_given_event_that_the_projection_does_not_want_fails() {
    var narrow =
        projection(ViewSpecificationTest::fold)
            .from(EventFilter.matching(Query.of(Query.typed("Booked"))));

    assertThatThrownBy(() -> twoAccounts(narrow))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("Opened");
  }

  @Test
  void a_fold_that_remembers_something_itself_fails_when_it_is_folded_again() {
    var calls = new AtomicLong();
    var counting = projection((view, occurred) -> line(view, occurred, calls.incrementAndGet()));

    assertThatThrownBy(() ->
            twoAccounts(counting)
                .then(List.of(List.of(), List.of("1 1", "2 2", "3 3", "4 4", "5 5"), List.of())))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("folded again");
  }

  @Test
  void a_fold_whose_partitions_depend_on_each_other_fails() {
    var numbering =
        projection((view, occurred) -> {
          var before = view.query("SELECT COUNT(*) FROM {line}", row -> row.getLong(1)).getFirst();
          line(view, occurred, before);
        });

    assertThatThrownBy(() ->
            twoAccounts(numbering)
                .then(List.of(List.of(), List.of("1 0", "2 1", "3 2", "4 3", "5 4"), List.of())))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("partition by partition");
  }

  /// What the first partition leaves is seen by the second one, in whatever order events came.
  @Test
  void a_fold_that_wants_the_partitions_in_one_order_fails() {
    var first =
        projection((view, occurred) -> {
          if (occurred.partition().equals("7")
              || !view.query("SELECT 1 FROM {line}", row -> row.getLong(1)).isEmpty()) {
            line(view, occurred, 0);
          }
        });

    assertThatThrownBy(() ->
            twoAccounts(first)
                .then(List.of(List.of(), List.of("1 0", "2 0", "3 0", "4 0", "5 0"), List.of())))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("the last one first");
  }
}
