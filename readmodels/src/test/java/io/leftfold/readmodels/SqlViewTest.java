// SPDX-License-Identifier: Apache-2.0

package io.leftfold.readmodels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.leftfold.readmodels.Trails.Numbered;
import io.leftfold.toolkit.Projection;
import io.leftfold.toolkit.ProjectionVersion;
import io.leftfold.toolkit.Projector;
import io.leftfold.toolkit.ReadModelException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Views in tables of the application.
final class SqlViewTest extends OnEachDatabase {

  private static final SqlTable SUMS =
      new SqlTable("sums", "part VARCHAR(10) PRIMARY KEY, total BIGINT NOT NULL");
  private static final SqlTable OUTBOX = new SqlTable("outbox", "number BIGINT PRIMARY KEY");

  private static Projection<Numbered, SqlView> sums(int version, long factor) {
    return Projection.<Numbered, SqlView>of(
            "sums",
            version,
            Trails.CODEC,
            (view, occurred) -> {
              var number = occurred.event().number() * factor;
              var changed =
                  view.update(
                      "UPDATE {sums} SET total = total + ? WHERE part = ?",
                      number,
                      occurred.partition());
              if (changed == 0) {
                view.update(
                    "INSERT INTO {sums} (part, total) VALUES (?, ?)", occurred.partition(), number);
              }
            })
        .partitionedBy((event, _) -> event.partition())
        .reacting((view, occurred) ->
            view.update("INSERT INTO {outbox} (number) VALUES (?)", occurred.event().number()));
  }

  private static List<Long> totals(SqlReadModel<SqlView> readModel) {
    return readModel.read(
        "sums",
        view -> view.query("SELECT total FROM {sums} ORDER BY part", row -> row.getLong(1)));
  }

  @ParameterizedTest
  @MethodSource("databases")
  void a_version_has_tables_of_its_own_and_readers_see_those_of_the_live_one(DataSource database) {
    var readModel = SqlReadModel.of(database, SUMS, OUTBOX);
    Trails.append(store, 2, 0, 6);
    Projector.of(store, sums(1, 1), readModel).catchUp();
    assertThat(totals(readModel)).containsExactly(6L, 9L);

    var next = Projector.of(store, sums(2, 10), readModel);
    next.step();
    assertThat(totals(readModel)).containsExactly(6L, 9L);
    next.catchUp();
    assertThat(totals(readModel)).containsExactly(60L, 90L);
    Trails.append(store, 2, 6, 8);
    next.catchUp();
    assertThat(totals(readModel)).containsExactly(120L, 160L);

    var reactions =
        readModel.read(
            "sums",
            view ->
                view.query(
                    "SELECT number FROM outbox_v1 UNION ALL SELECT number FROM {outbox} ORDER BY 1",
                    row -> row.getLong(1)));
    assertThat(reactions).containsExactly(0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L);

    readModel.drop(new ProjectionVersion("sums", 1));
    readModel.drop(new ProjectionVersion("sums", 1));
    assertThat(totals(readModel)).containsExactly(120L, 160L);
    assertThatThrownBy(() ->
            readModel.read(
                "sums", view -> view.query("SELECT total FROM sums_v1", row -> row.getLong(1))))
        .isInstanceOf(ReadModelException.class)
        .hasMessageContaining("sums_v1");
  }

  @ParameterizedTest
  @MethodSource("databases")
  void what_is_wrong_with_an_event_by_the_database_parks_its_partition(DataSource database) {
    var narrow =
        new SqlTable("sums", "part VARCHAR(10) PRIMARY KEY, total BIGINT CHECK (total < 9)");
    var readModel = SqlReadModel.of(database, narrow, OUTBOX);
    Trails.append(store, 2, 0, 8);
    var projector = Projector.of(store, sums(1, 1), readModel, ProjectionFixture.OPTIONS);

    projector.catchUp();

    // 0, 2, 4, and 6 is too much; 1, 3, and 5 is.
    assertThat(totals(readModel)).containsExactly(6L, 4L);
    assertThat(projector.parked()).extracting(parked -> parked.events()).containsExactly(1L, 2L);
  }

  @Test
  void a_projection_of_which_nothing_is_kept_cannot_be_read() {
    assertThatThrownBy(() -> totals(SqlReadModel.of(Databases.h2(), SUMS, OUTBOX)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("sums");
  }

  @Test
  void names_of_tables_are_plain_and_known() {
    assertThatThrownBy(() -> new SqlTable("sums; DROP TABLE x", "a INT"))
        .isInstanceOf(IllegalArgumentException.class);
    var readModel = SqlReadModel.of(Databases.h2(), SUMS, OUTBOX);
    Projector.of(store, sums(3, 1), readModel).catchUp();
    assertThat(readModel.<String>read("sums", view -> view.table("sums"))).isEqualTo("sums_v3");
    assertThatThrownBy(() -> readModel.<String>read("sums", view -> view.table("others")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("outbox");
  }

  @ParameterizedTest
  @ValueSource(strings = {"DELETE FROM sums_v1", "DELETE FROM leftfold_checkpoint", "DROP TABLE"})
  void a_version_that_was_dropped_in_part_is_whole_when_it_begins_again(String failing) {
    var database = Databases.h2();
    var readModel = SqlReadModel.of(database, SUMS, OUTBOX);
    Trails.append(store, 2, 0, 6);
    Projector.of(store, sums(1, 1), readModel).catchUp();

    var dying = SqlReadModel.of(failingAt(database, failing), SUMS, OUTBOX);
    assertThatThrownBy(() -> dying.drop(new ProjectionVersion("sums", 1)))
        .isInstanceOf(ReadModelException.class)
        .hasMessageContaining("the machine is off");

    Projector.of(store, sums(1, 1), readModel).catchUp();
    assertThat(totals(readModel)).containsExactly(6L, 9L);
  }

  private static DataSource failingAt(DataSource database, String beginning) {
    return around(DataSource.class, database, beginning);
  }

  private static <T> T around(Class<T> type, T inside, String beginning) {
    return type.cast(
        Proxy.newProxyInstance(
            SqlViewTest.class.getClassLoader(),
            new Class<?>[] {type},
            (_, method, arguments) -> {
              if (arguments != null
                  && arguments[0] instanceof String sql
                  && sql.startsWith(beginning)) {
                throw new SQLException("the machine is off");
              }
              try {
                return switch (method.invoke(inside, arguments)) {
                  case Connection connection -> around(Connection.class, connection, beginning);
                  case PreparedStatement prepared -> prepared;
                  case Statement statement -> around(Statement.class, statement, beginning);
                  case null -> null;
                  case Object other -> other;
                };
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            }));
  }
}
