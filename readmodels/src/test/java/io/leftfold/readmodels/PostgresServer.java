// SPDX-License-Identifier: Apache-2.0

package io.leftfold.readmodels;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import io.zonky.test.db.postgres.util.LinuxUtils;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import org.postgresql.ds.PGSimpleDataSource;

/// A PostgreSQL of its own for the tests of this process, started when the first of them wants it,
/// on the loopback, and stopped when the process ends.
///
/// PostgreSQL does not run as root: who is root runs it in a user namespace. Its texts are in the
/// order of a language, not of their bytes, as they are wherever a server is installed for people.
public final class PostgresServer {

  private static final AtomicInteger NUMBER = new AtomicInteger();
  private static final File BINARIES = new File("target/postgres");

  private PostgresServer() {}

  private static final class Started {
    static final EmbeddedPostgres SERVER = start();

    private Started() {}

    private static EmbeddedPostgres start() {
      try {
        return EmbeddedPostgres.builder()
            .setOverrideWorkingDirectory(BINARIES)
            .setLocaleConfig("locale-provider", "icu")
            .setLocaleConfig("icu-locale", "en")
            .setServerConfig("unix_socket_directories", "")
            .start();
      } catch (IOException e) {
        throw new UncheckedIOException("PostgreSQL does not start", e);
      }
    }
  }

  /// An empty schema, and where it is; the test that asks is left out where there can be none.
  ///
  /// @return an address for JDBC, also in another process while this one lasts
  public static String schema() {
    var schema = "readers" + NUMBER.incrementAndGet();
    var dataSource = new PGSimpleDataSource();
    dataSource.setUrl(url());
    try (var connection = dataSource.getConnection();
        var statement = connection.createStatement()) {
      statement.executeUpdate("CREATE SCHEMA " + schema);
      return "%s&currentSchema=%s".formatted(url(), schema);
    } catch (SQLException e) {
      throw new IllegalStateException("No schema could be made in PostgreSQL", e);
    }
  }

  /// Where it is; the test that asks is left out where there is none.
  static String url() {
    assumeTrue(
        System.getProperty("os.name").equals("Linux")
            && System.getProperty("os.arch").equals("amd64"),
        "There are binaries of PostgreSQL for Linux on x86-64 alone");
    assumeTrue(
        !System.getProperty("user.name").equals("root") || LinuxUtils.isUnshareAvailable(),
        "PostgreSQL does not run as root, and user namespaces are forbidden here");
    return Started.SERVER.getJdbcUrl("postgres", "postgres");
  }
}
