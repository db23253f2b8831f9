// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks.toolkit;

import io.leftfold.benchmarks.toolkit.Accounts.Booked;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Bookings counted by account and day, written with statements that are prepared once; what an
/// account's key is it knows by heart.
final class StarSink implements Sink {

  private final Connection connection;
  private final PreparedStatement account;
  private final PreparedStatement booking;
  private final PreparedStatement place;
  private final Map<String, Long> accounts = new HashMap<>();
  private long facts;

  /// @param connection is closed in the end
  StarSink(Connection connection) throws SQLException {
    this.connection = connection;
    try (var statement = connection.createStatement()) {
      statement.execute(
          "CREATE TABLE account (account_key BIGINT PRIMARY KEY, account VARCHAR(255) NOT NULL UNIQUE)");
      statement.execute(
          "CREATE TABLE booking (log_position BIGINT NOT NULL, line INTEGER NOT NULL, account_key BIGINT NOT NULL,"
              + " day_key BIGINT NOT NULL, cents BIGINT NOT NULL, PRIMARY KEY (log_position, line))");
      statement.execute("CREATE TABLE place (log_position BIGINT NOT NULL)");
      statement.execute("INSERT INTO place VALUES (0)");
    }
    connection.setAutoCommit(false);
    account = connection.prepareStatement("INSERT INTO account VALUES (?, ?)");
    booking = connection.prepareStatement("INSERT INTO booking VALUES (?, 0, ?, ?, ?)");
    place = connection.prepareStatement("UPDATE place SET log_position = ?");
  }

  @Override
  public void take(List<Booked> events, long behind) throws SQLException {
    place.setLong(1, behind);
    place.executeUpdate();
    for (var event : events) {
      booking.setLong(1, facts++);
      booking.setLong(2, key(event.account()));
      booking.setLong(
          3, Long.parseLong(Accounts.day(event).format(DateTimeFormatter.BASIC_ISO_DATE)));
      booking.setLong(4, event.cents());
      booking.executeUpdate();
    }
    connection.commit();
  }

  private long key(String name) throws SQLException {
    var known = accounts.get(name);
    if (known != null) {
      return known;
    }
    var key = accounts.size() + 1L;
    account.setLong(1, key);
    account.setString(2, name);
    account.executeUpdate();
    accounts.put(name, key);
    return key;
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
