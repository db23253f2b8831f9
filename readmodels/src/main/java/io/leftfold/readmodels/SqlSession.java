// SPDX-License-Identifier: Apache-2.0

package io.leftfold.readmodels;

import io.leftfold.toolkit.ReadModelException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A connection in a transaction, and the statements that were prepared in it, each once.
final class SqlSession implements AutoCloseable {

  private final Connection connection;
  private final Map<String, PreparedStatement> statements = new HashMap<>();

  /// The first one.
  private @Nullable ReadModelException failure;

  SqlSession(Connection connection) {
    this.connection = connection;
  }

  Connection connection() {
    return connection;
  }

  int update(String sql, @Nullable Object... parameters) {
    try {
      return prepared(sql, parameters).executeUpdate();
    } catch (SQLException e) {
      throw failed(sql, e);
    }
  }

  <R> List<R> query(String sql, RowReader<R> reader, @Nullable Object... parameters) {
    try (var rows = prepared(sql, parameters).executeQuery()) {
      var answer = new ArrayList<R>();
      while (rows.next()) {
        answer.add(reader.read(rows));
      }
      return answer;
    } catch (SQLException e) {
      throw failed(sql, e);
    }
  }

  private PreparedStatement prepared(String sql, @Nullable Object... parameters)
      throws SQLException {
    var statement = statements.get(sql);
    if (statement == null) {
      statement = connection.prepareStatement(sql);
      statements.put(sql, statement);
    }
    for (var i = 0; i < parameters.length; i++) {
      statement.setObject(i + 1, parameters[i]);
    }
    return statement;
  }

  private ReadModelException failed(String sql, SQLException cause) {
    var failed = new ReadModelException("%s failed: %s".formatted(sql, cause.getMessage()), cause);
    if (failure == null) {
      failure = failed;
    }
    return failed;
  }

  /// Commits, if no statement failed, even if whoever it failed for went on: PostgreSQL would undo
  /// everything then, and call that a success.
  void commit() throws SQLException {
    if (failure != null) {
      throw new ReadModelException(
          "The transaction is not committed, for a statement in it failed: " + failure.getMessage(),
          failure);
    }
    connection.commit();
  }

  @Override
  public void close() throws SQLException {
    for (var statement : statements.values()) {
      statement.close();
    }
  }
}
