// SPDX-License-Identifier: Apache-2.0

package io.leftfold.readmodels;

import io.leftfold.toolkit.ReadModelException;
import java.sql.Connection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The tables of one version of a projection, in a transaction, for the thread that it was given
/// to, as long as that lasts.
///
/// SQL names a table in braces, and means that of this version:
///
/// ```java
/// if (view.update("UPDATE {balances} SET amount = amount + ? WHERE account = ?", 50, "7") == 0) {
///   view.update("INSERT INTO {balances} (account, amount) VALUES (?, ?)", "7", 50);
/// }
/// ```
public final class SqlView {

  private final SqlSession session;
  private final int version;
  private final List<SqlTable> tables;
  private final Map<String, String> resolved = new HashMap<>();

  SqlView(SqlSession session, int version, List<SqlTable> tables) {
    this.session = session;
    this.version = version;
    this.tables = tables;
  }

  /// Changes rows. A statement that failed ends the transaction in some databases (PostgreSQL), so
  /// a fold does not try what may fail, but asks before.
  ///
  /// @param sql a statement, with a question mark for each parameter
  /// @param parameters as JDBC takes objects
  /// @return how many rows were changed
  /// @throws ReadModelException if the database fails
  public int update(String sql, Object... parameters) {
    return session.update(resolve(sql), parameters);
  }

  /// Asks for rows.
  ///
  /// @param sql a query, with a question mark for each parameter
  /// @param reader what a row means
  /// @param parameters as JDBC takes objects
  /// @param <R> what a row means
  /// @return what all rows mean, in their order
  /// @throws ReadModelException if the database fails
  public <R> List<R> query(String sql, RowReader<R> reader, Object... parameters) {
    return session.query(resolve(sql), reader, parameters);
  }

  /// What a table is called in this version.
  ///
  /// @param name of a table of the read model
  /// @return its name in the database
  /// @throws IllegalArgumentException if there is no such table
  public String table(String name) {
    return tables.stream()
        .filter(table -> table.name().equals(name))
        .findFirst()
        .orElseThrow(() ->
            new IllegalArgumentException(
                "There is no table %s in this read model, only %s"
                    .formatted(name, tables.stream().map(SqlTable::name).toList())))
        .of(version);
  }

  /// The connection, for what JDBC can do besides. It is in a transaction, which is not ended here.
  /// Failures are thrown on: PostgreSQL undoes a transaction in which one was passed over, and does
  /// not say so.
  ///
  /// @return the connection
  public Connection connection() {
    return session.connection();
  }

  private String resolve(String sql) {
    return resolved.computeIfAbsent(sql, this::withTables);
  }

  private String withTables(String sql) {
    var text = sql;
    for (var table : tables) {
      text = text.replace("{%s}".formatted(table.name()), table.of(version));
    }
    return text;
  }
}
