// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks.embedded;

import io.leftfold.api.StreamName;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;

/// What people would use instead: a table of events in SQLite, with a write-ahead log and a sync at
/// each commit. One connection, as there is one writer at a time.
final class Sqlite implements Peer {

  private static final String SCHEMA =
      """
      CREATE TABLE events (
        position INTEGER PRIMARY KEY,
        stream TEXT NOT NULL,
        revision INTEGER NOT NULL,
        id BLOB NOT NULL,
        type TEXT NOT NULL,
        data BLOB NOT NULL,
        UNIQUE (stream, revision))
      """;

  private final Connection connection;
  private final PreparedStatement insert;
  private final PreparedStatement readAll;
  private final PreparedStatement readStream;
  private final SplittableRandom random = new SplittableRandom(3);
  private final Map<String, Integer> revisions = new HashMap<>();

  Sqlite(Path file) throws SQLException {
    this.connection = DriverManager.getConnection("jdbc:sqlite:" + file);
    try (var statement = connection.createStatement()) {
      statement.execute("PRAGMA journal_mode = WAL");
      statement.execute("PRAGMA synchronous = FULL");
      statement.execute("PRAGMA mmap_size = 4294967296");
      statement.execute("PRAGMA cache_size = -262144");
      statement.execute(SCHEMA);
    }
    connection.setAutoCommit(false);
    this.insert =
        connection.prepareStatement(
            "INSERT INTO events (stream, revision, id, type, data) VALUES (?, ?, ?, ?, ?)");
    this.readAll =
        connection.prepareStatement(
            "SELECT position, stream, revision, id, type, data FROM events ORDER BY position");
    this.readStream =
        connection.prepareStatement(
            "SELECT position, revision, id, type, data FROM events WHERE stream = ? ORDER BY revision");
  }

  @Override
  public String describe() {
    return "SQLite WAL FULL";
  }

  @Override
  public void insert(StreamName stream) throws SQLException {
    var revision = revisions.merge(stream.value(), 1, Integer::sum) - 1;
    insert.setString(1, stream.value());
    insert.setInt(2, revision);
    insert.setBytes(
        3, ByteBuffer.allocate(16).putLong(random.nextLong()).putLong(random.nextLong()).array());
    insert.setString(4, Events.TYPE);
    insert.setBytes(5, Events.sharedData());
    insert.executeUpdate();
  }

  @Override
  public void commit() throws SQLException {
    connection.commit();
  }

  /// Reads all events.
  ///
  /// @return how many there are
  long readAll() throws SQLException {
    var count = 0L;
    try (var rows = readAll.executeQuery()) {
      while (rows.next()) {
        if (rows.getString(2).isEmpty()
            || rows.getBytes(4).length != 16
            || rows.getString(5).isEmpty()
            || rows.getBytes(6).length != Events.DATA_BYTES) {
          throw new IllegalStateException("This is not what was inserted");
        }
        count++;
      }
    }
    connection.commit();
    return count;
  }

  @Override
  public int read(StreamName stream) throws SQLException {
    var count = 0;
    readStream.setString(1, stream.value());
    try (var rows = readStream.executeQuery()) {
      while (rows.next()) {
        if (rows.getBytes(3).length != 16
            || rows.getString(4).isEmpty()
            || rows.getBytes(5).length != Events.DATA_BYTES) {
          throw new IllegalStateException("This is not what was inserted");
        }
        count++;
      }
    }
    return count;
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
