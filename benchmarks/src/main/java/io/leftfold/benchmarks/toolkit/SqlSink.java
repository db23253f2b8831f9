// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks.toolkit;

import io.leftfold.benchmarks.toolkit.Accounts.Booked;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;

/// A table of balances, written with statements that are prepared once.
final class SqlSink implements Sink {

  private final Connection connection;
  private final PreparedStatement update;
  private final PreparedStatement insert;
  private final PreparedStatement place;

  /// @param connection is closed in the end
  SqlSink(Connection connection) throws SQLException {
    this.connection = connection;
    try (var statement = connection.createStatement()) {
      statement.execute("CREATE TABLE balances (%s)".formatted(ReadModelFolds.COLUMNS));
      statement.execute("CREATE TABLE place (log_position BIGINT NOT NULL)");
      statement.execute("INSERT INTO place VALUES (0)");
    }
    connection.setAutoCommit(false);
    this.update =
        connection.prepareStatement(
            "UPDATE balances SET cents = cents + ?, bookings = bookings + 1 WHERE account = ?");
    this.insert =
        connection.prepareStatement(
            "INSERT INTO balances (cents, bookings, account) VALUES (?, 1, ?)");
    this.place = connection.prepareStatement("UPDATE place SET log_position = ?");
  }

  @Override
  public void take(List<Booked> events, long behind) throws SQLException {
    place.setLong(1, behind);
    place.executeUpdate();
    for (var event : events) {
      if (execute(update, event) == 0) {
        execute(insert, event);
      }
    }
    connection.commit();
  }

  private static int execute(PreparedStatement statement, Booked event) throws SQLException {
    statement.setLong(1, event.cents());
    statement.setString(2, event.account());
    return statement.executeUpdate();
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
