// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks.toolkit;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/// A pool of one connection, which stays open whoever closes it.
final class OneConnection implements AutoCloseable {

  private final Connection connection;

  OneConnection(Connection connection) {
    this.connection = connection;
  }

  DataSource asDataSource() {
    var lent =
        as(
            Connection.class,
            (_, method, arguments) ->
                method.getName().equals("close") ? null : method.invoke(connection, arguments));
    return as(
        DataSource.class,
        (_, method, _) -> {
          if (!method.getName().equals("getConnection")) {
            throw new UnsupportedOperationException(method.getName());
          }
          return lent;
        });
  }

  private static <T> T as(Class<T> type, InvocationHandler handler) {
    return type.cast(
        Proxy.newProxyInstance(
            OneConnection.class.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> {
              try {
                return handler.invoke(proxy, method, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause() == null ? e : e.getCause();
              }
            }));
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
