// SPDX-License-Identifier: Apache-2.0

package io.leftfold.readmodels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.leftfold.readmodels.Bank.BankEvent;
import io.leftfold.readmodels.Bank.BankEvent.Booked;
import io.leftfold.readmodels.Bank.BankEvent.Opened;
import io.leftfold.readmodels.Bank.BankEvent.Transferred;
import io.leftfold.readmodels.Bank.Line;
import io.leftfold.toolkit.FoldingOptions;
import io.leftfold.toolkit.Occurred;
import io.leftfold.toolkit.Projection;
import io.leftfold.toolkit.ProjectionVersion;
import io.leftfold.toolkit.Projector;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The bookings of a bank, counted by account and day.
final class StarSchemaTest extends OnEachDatabase {

  private static final int ACCOUNTS = 4;
  private static final FoldingOptions OPTIONS = FoldingOptions.defaults().withBatchEventsMax(3);

  private static final StarSchema STAR =
      StarSchema.empty()
          .dimension("account", "owner VARCHAR(140)")
          .dates("booking_day")
          .fact(
              "booking",
              List.of("account", "booking_day"),
              "cents BIGINT NOT NULL",
              "description VARCHAR(200) NOT NULL");

  private static Projection<BankEvent, SqlView> overview(int version) {
    return Projection.of(Bank.NAME, version, Bank.EVENTS, StarSchemaTest::fold);
  }

  private static void fold(SqlView view, Occurred<BankEvent> occurred) {
    var star = STAR.in(view);
    switch (occurred.event()) {
      case Opened(var account, var owner) ->
          star.describe("account", account, Map.of("owner", owner));
      case Booked(var account, var day, var cents, var text) ->
          count(star, occurred, account, new Line(day, cents, text));
      case Transferred(var account, var to, var day, var cents) ->
          count(star, occurred, account, new Line(day, -cents, "to " + to));
    }
  }

  private static void count(Star star, Occurred<BankEvent> occurred, String account, Line line) {
    star.count(
        "booking",
        occurred.recorded().position(),
        Map.of("account", account, "booking_day", line.day()),
        Map.of("cents", line.cents(), "description", line.text()));
  }

  private Projector<BankEvent, SqlView> projector(DataSource database, int version) {
    return Projector.of(
        store, overview(version), SqlReadModel.of(database, STAR.tables()), OPTIONS);
  }

  private static List<String> rows(DataSource database, String sql, int columns) {
    return SqlReadModel.of(database, STAR.tables())
        .read(
            Bank.NAME,
            view ->
                view.query(
                    sql,
                    row -> {
                      var text = new StringBuilder();
                      for (var i = 1; i <= columns; i++) {
                        text.append(i == 1 ? "" : "|").append(row.getString(i));
                      }
                      return text.toString();
                    }));
  }

  private static List<String> everything(DataSource database) {
    return Stream.of(
            rows(database, "SELECT account_key, account, owner FROM {account} ORDER BY 1", 3),
            rows(database, "SELECT * FROM {booking} ORDER BY log_position, line", 6),
            rows(database, "SELECT * FROM {booking_day} ORDER BY booking_day_key", 11))
        .flatMap(List::stream)
        .toList();
  }

  @ParameterizedTest
  @MethodSource("databases")
  void a_bank_is_counted_by_owner_and_quarter(DataSource database) {
    Bank.open(store, ACCOUNTS);
    Bank.book(store, ACCOUNTS, 0, 30);

    projector(database, 1).catchUp();

    assertThat(
            rows(
                database,
                """
                SELECT owner, calendar_quarter, SUM(cents) FROM {booking} b
                JOIN {account} a ON a.account_key = b.account_key
                JOIN {booking_day} d ON d.booking_day_key = b.booking_day_key
                GROUP BY owner, calendar_quarter ORDER BY 2, 3 LIMIT 2
                """,
                3))
        .containsExactlyElementsOf(expected());
    assertThat(
            rows(
                database,
                "SELECT COUNT(*), MIN(booking_day_key), MAX(booking_day_key) FROM {booking_day}",
                3))
        .containsExactly("365|20260101|20261231");
    assertThat(
            rows(
                database,
                "SELECT * FROM {booking_day} WHERE booking_day_key IN (20260101, 20261231) ORDER BY 1",
                11))
        .containsExactly(
            "20260101|2026-01-01|2026|1|1|January|1|4|Thursday|2026|1",
            "20261231|2026-12-31|2026|4|12|December|31|4|Thursday|2026|53");
  }

  /// The two least sums of the first quarter, which has the first eighteen bookings.
  private static List<String> expected() {
    var sums = new long[ACCOUNTS];
    for (var number = 0; number < 18; number++) {
      sums[number % ACCOUNTS] += number % 3 == 0 ? -number : 10L * number;
    }
    var owners =
        List.of("Ann \"A.\" Other", "<script>alert(1)</script>", "=1+1", "Zoë, O'Neil & Söhne");
    return Stream.of(0, 1, 2, 3)
        .sorted((one, other) -> Long.compare(sums[one], sums[other]))
        .limit(2)
        .map(account -> "%s|1|%d".formatted(owners.get(account), sums[account]))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("databases")
  void ended_after_each_step_and_begun_again_it_is_the_fold_from_zero(DataSource database) {
    Bank.open(store, ACCOUNTS);
    Bank.book(store, ACCOUNTS, 0, 30);
    var zero = Databases.h2();
    projector(zero, 1).catchUp();
    var expected = everything(zero);

    for (var life = 0; life < 5; life++) {
      projector(database, 1).step();
    }
    projector(database, 1).catchUp();
    assertThat(everything(database)).isEqualTo(expected);

    var next = projector(database, 2);
    next.step();
    next.step();
    assertThat(everything(database)).isEqualTo(expected);
    next.catchUp();
    SqlReadModel.of(database, STAR.tables()).drop(new ProjectionVersion(Bank.NAME, 1));
    assertThat(everything(database)).isEqualTo(expected);
  }

  @Test
  void who_is_not_known_yet_is_counted_and_described_later() {
    var database = Databases.h2();
    Bank.book(store, 1, 0, 1);
    projector(database, 1).catchUp();
    assertThat(rows(database, "SELECT account, owner FROM {account}", 2)).containsExactly("0|null");

    Bank.open(store, 2);
    projector(database, 1).catchUp();
    assertThat(rows(database, "SELECT account_key, account, owner FROM {account} ORDER BY 1", 3))
        .containsExactly("1|0|Ann \"A.\" Other", "2|1|<script>alert(1)</script>");
  }

  @Test
  void only_what_is_in_the_schema_comes_into_sql() {
    var readModel = SqlReadModel.of(Databases.h2(), STAR.tables());
    var version = new ProjectionVersion("any", 1);
    readModel.prepare(version);
    readModel.<Integer>transact(transaction -> {
      var star = STAR.in(transaction.view(version));
      assertThatThrownBy(() -> star.describe("account", "1", Map.of("owner = 'x' --", "y")))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("owner");
      assertThatThrownBy(() -> star.describe("others", "1", Map.of()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("booking_day");
      assertThatThrownBy(() -> star.describe("booking_day", "1", Map.of()))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() ->
              star.count(
                  "booking",
                  1,
                  Map.of("account", "1", "booking_day", "2026-01-01"),
                  Map.of("cents", 1, "description", "x")))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("dates");
      assertThatThrownBy(() -> star.count("booking", 1, Map.of("account", "1"), Map.of()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("all of");
      return 1;
    });
    assertThatThrownBy(() -> STAR.fact("more", List.of("others")))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> STAR.dates("account")).isInstanceOf(IllegalArgumentException.class);
  }
}
