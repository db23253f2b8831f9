// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks.toolkit;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;

/// Schemas of a PostgreSQL that is started for them, with what it does by itself: a commit is
/// synced. Its files are on the disk that is measured.
final class PostgresRooms implements Rooms {

  private final EmbeddedPostgres server;

  private PostgresRooms(EmbeddedPostgres server) {
    this.server = server;
  }

  static PostgresRooms start(Path directory) throws IOException {
    Files.createDirectories(directory);
    var server =
        EmbeddedPostgres.builder()
            .setOverrideWorkingDirectory(directory.toFile())
            .setDataDirectory(directory.resolve("data"))
            .setServerConfig("unix_socket_directories", "")
            .setServerConfig("fsync", "on")
            .setServerConfig("synchronous_commit", "on")
            .start();
    return new PostgresRooms(server);
  }

  @Override
  public String of(Path path) throws IOException {
    var schema = path.getFileName().toString().replace('-', '_');
    try (var connection = DriverManager.getConnection(url());
        var statement = connection.createStatement()) {
      requireOn(statement, "fsync");
      requireOn(statement, "synchronous_commit");
      statement.execute("CREATE SCHEMA " + schema);
    } catch (SQLException e) {
      throw new IOException("No schema could be made in PostgreSQL", e);
    }
    return url() + "&currentSchema=" + schema;
  }

  /// It is started for tests otherwise, and would be too fast.
  private static void requireOn(Statement statement, String setting) throws SQLException {
    try (var answer = statement.executeQuery("SHOW " + setting)) {
      if (!answer.next() || !answer.getString(1).equals("on")) {
        throw new SQLException("PostgreSQL was to run with %s on, but does not".formatted(setting));
      }
    }
  }

  private String url() {
    return server.getJdbcUrl("postgres", "postgres");
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
