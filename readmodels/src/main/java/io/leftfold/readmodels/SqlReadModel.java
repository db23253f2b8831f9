// SPDX-License-Identifier: Apache-2.0

package io.leftfold.readmodels;

import io.leftfold.toolkit.Checkpoint;
import io.leftfold.toolkit.JsonBinding;
import io.leftfold.toolkit.ProjectionVersion;
import io.leftfold.toolkit.ReadModel;
import io.leftfold.toolkit.ReadModelException;
import io.leftfold.toolkit.States;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;
import java.util.function.Function;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/// A read model in a SQL database.
///
/// ```java
/// var readModel =
///     SqlReadModel.of(
///         dataSource,
///         new SqlTable("balances", "account VARCHAR(40) PRIMARY KEY, amount BIGINT NOT NULL"));
///
/// readModel.read(
///     "balances",
///     view -> view.query("SELECT account FROM {balances} WHERE amount < 0", row -> row.getString(1)));
/// ```
///
/// Beside the view there are two tables that whoever has the database can look at:
/// `leftfold_checkpoint`, how far each version of each projection came, and which one is live; and
/// `leftfold_parked`, which events of which partitions wait, and what they failed with.
///
/// Tables have names with versions in them, which change when another version takes over. For tools
/// that look from outside, a spreadsheet or what draws charts, [#withViews] keeps a view for each
/// table, by its own name.
///
/// Each transaction takes a connection and gives it back: a pool makes that cheap. It is tried on
/// SQLite, H2 and PostgreSQL; other databases should do whose transactions are at least *read
/// committed*. In PostgreSQL no text has the character U+0000, and no key more than some 2,600
/// bytes, so names of partitions must not either.
///
/// @param <V> what a fold writes to
public final class SqlReadModel<V> implements ReadModel<V> {

  private final DataSource dataSource;
  private final List<SqlTable> tables;
  private final BiFunction<SqlSession, ProjectionVersion, V> views;
  private final boolean isPublished;

  /// What views of the database were last made to show, from here.
  private final AtomicReference<@Nullable ProjectionVersion> published = new AtomicReference<>();

  private SqlReadModel(
      DataSource dataSource,
      List<SqlTable> tables,
      BiFunction<SqlSession, ProjectionVersion, V> views,
      boolean isPublished) {
    this.dataSource = dataSource;
    this.tables = tables;
    this.views = views;
    this.isPublished = isPublished;
    define(SqlTransaction.TABLES);
    requireOfThisFormat();
  }

  /// Tables are not changed: what is in them can be folded again.
  private void requireOfThisFormat() {
    try (var connection = dataSource.getConnection();
        var statement = connection.createStatement();
        var _ = statement.executeQuery(SqlTransaction.FORMAT)) {
      // It has all columns.
    } catch (SQLException e) {
      throw new ReadModelException(
          "The table leftfold_checkpoint is of another version of Leftfold (%s); drop the tables of its projections, and they are folded again"
              .formatted(e.getMessage()),
          e);
    }
  }

  /// Tables of the application, to which folds write in SQL.
  ///
  /// @param dataSource gives connections
  /// @param tables as today's version has them
  /// @return the read model
  /// @throws ReadModelException if the database fails
  public static SqlReadModel<SqlView> of(DataSource dataSource, SqlTable... tables) {
    var all = List.of(tables);
    return new SqlReadModel<>(
        dataSource, all, (session, version) -> new SqlView(session, version.version(), all), false);
  }

  /// A state for each partition, as JSON, in the table `leftfold_state`.
  ///
  /// @param dataSource gives connections
  /// @param binding between states and JSON
  /// @param <S> the state of a partition
  /// @return the read model
  /// @throws ReadModelException if the database fails
  public static <S> SqlReadModel<States<S>> ofStates(
      DataSource dataSource, JsonBinding<S> binding) {
    return new SqlReadModel<>(
        dataSource,
        List.of(),
        (session, version) -> new SqlStates<>(session, version, binding),
        false);
  }

  /// With a view (of the database) for each table, which has the table's own name and shows the
  /// version that is read: `SELECT * FROM balances`. It is defined again when another version takes
  /// over, right behind the transaction in which it does (in H2, where defining commits, it is not
  /// there for a moment), or when a projector next begins, if whoever took over died between. It is
  /// another view then: rights that were granted on it are granted again by whoever granted them,
  /// in PostgreSQL best as default privileges; and no other view may be made of it.
  ///
  /// @return the read model; nothing else in the database may have the names
  public SqlReadModel<V> withViews() {
    return new SqlReadModel<>(dataSource, tables, views, true);
  }

  @Override
  public void prepare(ProjectionVersion version) {
    define(tables.stream().map(table -> table.creation(version.version())).toList());
    if (isPublished && !version.equals(published.get()) && isLive(version)) {
      publish(version);
    }
  }

  private boolean isLive(ProjectionVersion version) {
    return live(version.projection()).filter(version::equals).isPresent();
  }

  private Optional<ProjectionVersion> live(String projection) {
    return this.<Optional<ProjectionVersion>>inTransaction(
        transaction -> transaction.live(projection).map(Checkpoint::version));
  }

  /// Until what is shown is what is read: another version may take over meanwhile.
  private void publish(ProjectionVersion version) {
    var shown = version;
    do {
      var next = shown;
      defineAtOnce(
          tables.stream().flatMap(table -> table.publication(next.version()).stream()).toList());
      published.set(next);
      shown = live(next.projection()).orElse(next);
    } while (!shown.equals(published.get()));
  }

  @Override
  public void drop(ProjectionVersion version) {
    // First, at once, what a version that begins again would take for its own: if only its tables
    // were gone, it would go on from its checkpoint without them.
    prepare(version);
    if (isPublished && isLive(version)) {
      defineAtOnce(tables.stream().map(SqlTable::hiding).toList());
      published.set(null);
    }
    inTransaction(transaction -> {
      transaction.remove(version, tables);
      return version;
    });
    define(tables.stream().map(table -> table.removal(version.version())).toList());
  }

  private void define(List<String> statements) {
    try (var connection = dataSource.getConnection()) {
      connection.setAutoCommit(true);
      try (var statement = connection.createStatement()) {
        for (var sql : statements) {
          define(statement, sql);
        }
      }
    } catch (SQLException e) {
      throw new ReadModelException(
          "Tables could not be defined by %s: %s".formatted(statements, e.getMessage()), e);
    }
  }

  /// Twice, if need be, for the same reason as each of them.
  private void defineAtOnce(List<String> statements) {
    try {
      this.<Integer>inTransaction(transaction -> transaction.define(statements));
    } catch (ReadModelException _) {
      this.<Integer>inTransaction(transaction -> transaction.define(statements));
    }
  }

  /// Twice, if need be: of several that make one table at once, PostgreSQL refuses all but one, and
  /// who asks again finds it.
  private static void define(Statement statement, String sql) throws SQLException {
    try {
      statement.executeUpdate(sql);
    } catch (SQLException _) {
      statement.executeUpdate(sql);
    }
  }

  @Override
  public <R> R transact(Function<? super Transaction<V>, ? extends R> work) {
    return inTransaction(work);
  }

  private <R> R inTransaction(Function<? super SqlTransaction<V>, ? extends R> work) {
    var becameLive = new AtomicReference<@Nullable ProjectionVersion>();
    R result = inTransaction(work, becameLive);
    var live = becameLive.get();
    if (isPublished && live != null) {
      publish(live);
    }
    return result;
  }

  private <R> R inTransaction(
      Function<? super SqlTransaction<V>, ? extends R> work,
      AtomicReference<@Nullable ProjectionVersion> becameLive) {
    try (var connection = dataSource.getConnection()) {
      connection.setAutoCommit(false);
      try (var session = new SqlSession(connection)) {
        var transaction = new SqlTransaction<>(session, views);
        R result = work.apply(transaction);
        session.commit();
        transaction.becameLive().ifPresent(becameLive::set);
        return result;
      } catch (Throwable e) {
        rollBack(connection, e);
        throw e;
      }
    } catch (SQLException e) {
      throw new ReadModelException("A transaction failed: " + e.getMessage(), e);
    }
  }

  private static void rollBack(Connection connection, Throwable because) {
    try {
      connection.rollback();
    } catch (SQLException e) {
      because.addSuppressed(e);
    }
  }
}
