// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks.toolkit;

import io.leftfold.benchmarks.toolkit.Accounts.Booked;
import java.io.IOException;
import java.sql.SQLException;
import java.util.List;

/// Where balances are written without the toolkit, together with how far one came.
interface Sink extends AutoCloseable {

  /// Writes what some events change, in one durable step.
  ///
  /// @param events next
  /// @param place behind them
  void take(List<Booked> events, long place) throws IOException, SQLException;

  @Override
  void close() throws IOException, SQLException;
}
