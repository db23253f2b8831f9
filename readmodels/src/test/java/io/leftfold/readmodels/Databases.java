// SPDX-License-Identifier: Apache-2.0

package io.leftfold.readmodels;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Deque;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConfig.JournalMode;
import org.sqlite.SQLiteConfig.SynchronousMode;
import org.sqlite.SQLiteDataSource;

/// Databases to try read models on, each with a pool of connections.
final class Databases {

  private static final AtomicInteger NUMBER = new AtomicInteger();

  private Databases() {}

  /// An empty one of each kind.
  static Stream<DataSource> all(Path directory) {
    return Stream.of(h2(), at(sqlite(directory)), at(postgres()));
  }

  /// An empty one in memory.
  static DataSource h2() {
    var dataSource = new JdbcDataSource();
    dataSource.setURL(
        "jdbc:h2:mem:readers%d;DB_CLOSE_DELAY=-1".formatted(NUMBER.incrementAndGet()));
    return pooled(dataSource);
  }

  /// Where an empty one in a directory would be.
  static String sqlite(Path directory) {
    return "jdbc:sqlite:"
        + directory.resolve("readers%d.sqlite".formatted(NUMBER.incrementAndGet()));
  }

  /// Where an empty schema of a server is.
  static String postgres() {
    return PostgresServer.schema();
  }

  /// The one that is somewhere.
  static DataSource at(String url) {
    return pooled(url.startsWith("jdbc:sqlite:") ? atSqlite(url) : atPostgres(url));
  }

  /// What dies in these tests is a process, not a machine, so nothing waits for the disk.
  private static DataSource atSqlite(String url) {
    var config = new SQLiteConfig();
    config.setJournalMode(JournalMode.WAL);
    config.setSynchronous(SynchronousMode.OFF);
    config.setBusyTimeout(5000);
    var dataSource = new SQLiteDataSource(config);
    dataSource.setUrl(url);
    return dataSource;
  }

  private static DataSource atPostgres(String url) {
    var dataSource = new PGSimpleDataSource();
    dataSource.setUrl(url);
    return dataSource;
  }

  private static DataSource pooled(DataSource dataSource) {
    var idle = new ConcurrentLinkedDeque<Connection>();
    return as(
        DataSource.class,
        (method, arguments) -> {
          if (!method.getName().equals("getConnection")) {
            return method.invoke(dataSource, arguments);
          }
          var waiting = idle.poll();
          return handedOut(waiting == null ? dataSource.getConnection() : waiting, idle);
        });
  }

  private static Connection handedOut(Connection connection, Deque<Connection> idle) {
    return as(
        Connection.class,
        (method, arguments) -> {
          if (!method.getName().equals("close")) {
            return method.invoke(connection, arguments);
          }
          giveBack(connection, idle);
          return null;
        });
  }

  private static void giveBack(Connection connection, Deque<Connection> idle) throws SQLException {
    if (!connection.getAutoCommit()) {
      connection.rollback();
      connection.setAutoCommit(true);
    }
    idle.push(connection);
  }

  private interface Call {
    @Nullable Object invoke(Method method, Object @Nullable [] arguments)
        throws ReflectiveOperationException, SQLException;
  }

  private static <T> T as(Class<T> type, Call call) {
    return type.cast(
        Proxy.newProxyInstance(
            Databases.class.getClassLoader(),
            new Class<?>[] {type},
            (_, method, arguments) -> {
              try {
                return call.invoke(method, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause() == null ? e : e.getCause();
              }
            }));
  }
}
