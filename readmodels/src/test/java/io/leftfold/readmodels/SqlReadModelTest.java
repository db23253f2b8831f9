// SPDX-License-Identifier: Apache-2.0

package io.leftfold.readmodels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.leftfold.readmodels.Trails.Numbered;
import io.leftfold.readmodels.Trails.Trail;
import io.leftfold.toolkit.Checkpoint;
import io.leftfold.toolkit.Checkpoint.Role;
import io.leftfold.toolkit.ParkedPartition;
import io.leftfold.toolkit.Projection;
import io.leftfold.toolkit.ProjectionVersion;
import io.leftfold.toolkit.Projector;
import io.leftfold.toolkit.ReadModelException;
import io.leftfold.toolkit.States;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.sql.DataSource;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Where databases differ, and read models in them must not.
final class SqlReadModelTest extends OnEachDatabase {

  private void append(String... partitions) {
    for (var partition : partitions) {
      Trails.append(store, new Numbered(partition, 1));
    }
  }

  private Projector<Numbered, States<Trail>> failing(DataSource database, String failure) {
    var projection =
        Projection.<Numbered, States<Trail>>of(
                "failing",
                1,
                Trails.CODEC,
                (_, _) -> {
                  throw new IOException(failure);
                })
            .partitionedBy((event, _) -> event.partition());
    return Projector.of(
        store,
        projection,
        SqlReadModel.ofStates(database, Trails.BINDING),
        ProjectionFixture.OPTIONS);
  }

  @ParameterizedTest
  @MethodSource("databases")
  void names_are_in_one_order_whatever_language_the_database_speaks(DataSource database) {
    append("b", "B", "a", "A", "ä", "_", "10", "9");
    var projector = failing(database, "no");

    projector.catchUp();

    assertThat(projector.parked())
        .extracting(ParkedPartition::partition)
        .containsExactly("10", "9", "A", "B", "_", "a", "b", "ä");
  }

  @ParameterizedTest
  @MethodSource("databases")
  void a_partition_is_parked_whatever_its_failure_says(DataSource database) {
    var texts =
        List.of(
            "nothing: \0",
            "half: \ud83d",
            "half: \ude00",
            "cut: " + "\ud83d\ude00".repeat(3000),
            "");
    for (var text : texts) {
      append("p" + texts.indexOf(text));
      var projector = failing(database, text);
      projector.catchUp();
      assertThat(projector.parked())
          .as(text)
          .extracting(ParkedPartition::partition)
          .contains("p" + texts.indexOf(text));
    }
  }

  /// A database may find out only at the end of a definition that somebody else has made the table.
  @ParameterizedTest
  @MethodSource("databases")
  void many_begin_on_an_empty_database_at_once(DataSource database) throws Exception {
    Trails.append(store, 3, 0, 9);
    var racers = 6;
    var connected = new CyclicBarrier(racers);

    try (var threads = Executors.newFixedThreadPool(racers)) {
      var begun = new ArrayList<Future<?>>();
      for (var i = 0; i < racers; i++) {
        begun.add(
            threads.submit(() -> {
              try (var _ = database.getConnection()) {
                connected.await();
              }
              return SqlReadModel.ofStates(database, Trails.BINDING);
            }));
      }
      for (var one : begun) {
        one.get();
      }
    }
  }

  private static Projection<Numbered, SqlView> counting(int version) {
    return Projection.<Numbered, SqlView>of(
            "counting",
            version,
            Trails.CODEC,
            (view, occurred) ->
                view.update("INSERT INTO {seen} (part) VALUES (?)", occurred.partition()))
        .partitionedBy((event, _) -> event.partition());
  }

  @ParameterizedTest
  @MethodSource("databases")
  void a_view_by_the_name_of_a_table_shows_the_version_that_is_read(DataSource database)
      throws Exception {
    append("one", "two");
    var first =
        SqlReadModel.of(database, new SqlTable("seen", "part VARCHAR(9) PRIMARY KEY")).withViews();
    Projector.of(store, counting(1), first, ProjectionFixture.OPTIONS).catchUp();
    assertThat(shown(database)).containsExactly("one");

    append("three");
    var second =
        SqlReadModel.of(
                database,
                new SqlTable("seen", "part VARCHAR(9) PRIMARY KEY, times INTEGER DEFAULT 7"))
            .withViews();
    var next = Projector.of(store, counting(2), second, ProjectionFixture.OPTIONS);
    next.step();
    assertThat(shown(database)).containsExactly("one");
    next.catchUp();
    assertThat(shown(database)).containsExactly("one 7");

    first.drop(new ProjectionVersion("counting", 1));
    assertThat(shown(database)).containsExactly("one 7");
    second.drop(new ProjectionVersion("counting", 2));
    Projector.of(store, counting(3), second, ProjectionFixture.OPTIONS).catchUp();
    assertThat(shown(database)).containsExactly("one 7");
  }

  @ParameterizedTest
  @MethodSource("databases")
  void a_view_stays_as_it_is_while_the_version_does(DataSource database) throws Exception {
    append("one");
    var readModel =
        SqlReadModel.of(database, new SqlTable("seen", "part VARCHAR(9) PRIMARY KEY")).withViews();
    Projector.of(store, counting(1), readModel, ProjectionFixture.OPTIONS).catchUp();
    try (var connection = database.getConnection();
        var statement = connection.createStatement()) {
      statement.executeUpdate("DROP VIEW seen");
    }

    append("two");
    Projector.of(store, counting(1), readModel, ProjectionFixture.OPTIONS).catchUp();

    assertThatThrownBy(() -> shown(database)).isInstanceOf(SQLException.class);
    var again =
        SqlReadModel.of(database, new SqlTable("seen", "part VARCHAR(9) PRIMARY KEY")).withViews();
    Projector.of(store, counting(1), again, ProjectionFixture.OPTIONS).catchUp();
    assertThat(shown(database)).containsExactly("one");
  }

  @ParameterizedTest
  @MethodSource("databases")
  void a_table_of_another_format_is_named(DataSource database) throws Exception {
    try (var connection = database.getConnection();
        var statement = connection.createStatement()) {
      statement.executeUpdate("CREATE TABLE leftfold_checkpoint (version INTEGER)");
    }

    assertThatThrownBy(() -> SqlReadModel.ofStates(database, Trails.BINDING))
        .isInstanceOf(ReadModelException.class)
        .hasMessageContaining("leftfold_checkpoint")
        .hasMessageContaining("folded again");
  }

  /// What somebody sees who knows nothing of versions.
  private static List<String> shown(DataSource database) throws SQLException {
    try (var connection = database.getConnection();
        var statement = connection.createStatement();
        var rows = statement.executeQuery("SELECT * FROM seen WHERE part = 'one'")) {
      var shown = new ArrayList<String>();
      while (rows.next()) {
        var isWide = rows.getMetaData().getColumnCount() > 1;
        shown.add(rows.getString(1) + (isWide ? " " + rows.getInt(2) : ""));
      }
      return shown;
    }
  }

  /// The second one may wait for the first, or be refused at once; it is not live beside it.
  @ParameterizedTest
  @MethodSource("databases")
  void of_two_versions_that_begin_at_once_one_is_live(DataSource database) throws Exception {
    var readModel = SqlReadModel.ofStates(database, Trails.BINDING);
    var first = new Checkpoint(new ProjectionVersion("trails", 1), Role.LIVE, -1, -1, 0);
    var second = new Checkpoint(new ProjectionVersion("trails", 2), Role.LIVE, -1, -1, 0);

    try (var threads = Executors.newFixedThreadPool(1)) {
      var refused =
          readModel.<Future<Boolean>>transact(transaction -> {
            transaction.add(first);
            return threads.submit(() -> isRefused(readModel, second));
          });
      assertThat(refused.get()).isTrue();
    }

    assertThat(
            readModel.<List<Checkpoint>>transact(transaction -> transaction.checkpoints("trails")))
        .containsExactly(first);
  }

  private static boolean isRefused(SqlReadModel<States<Trail>> readModel, Checkpoint second) {
    try {
      readModel.transact(transaction -> {
        transaction.add(second);
        return second;
      });
      return false;
    } catch (ReadModelException _) {
      return true;
    }
  }

  @ParameterizedTest
  @MethodSource("databases")
  void a_failed_statement_that_a_fold_passes_over_is_not_kept_in_halves(DataSource database) {
    append("one", "two");
    var readModel = SqlReadModel.of(database, new SqlTable("seen", "part VARCHAR(9) PRIMARY KEY"));
    var trying =
        Projection.<Numbered, SqlView>of(
                "trying",
                1,
                Trails.CODEC,
                (view, occurred) -> {
                  view.update("INSERT INTO {seen} (part) VALUES (?)", occurred.partition());
                  try {
                    view.update("INSERT INTO {seen} (part) VALUES (?)", occurred.partition());
                  } catch (ReadModelException _) {
                    // It is there already, and so it may be.
                  }
                })
            .partitionedBy((event, _) -> event.partition());
    var projector = Projector.of(store, trying, readModel, ProjectionFixture.OPTIONS);

    projector.catchUp();

    assertThat(projector.parked())
        .extracting(ParkedPartition::partition)
        .containsExactly("one", "two");
    assertThat(
            readModel.<List<String>>read(
                "trying",
                view -> view.query("SELECT part FROM {seen}", row -> "" + row.getString(1))))
        .isEmpty();
  }
}
