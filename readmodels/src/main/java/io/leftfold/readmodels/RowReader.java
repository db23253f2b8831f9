// SPDX-License-Identifier: Apache-2.0

package io.leftfold.readmodels;

import java.sql.ResultSet;
import java.sql.SQLException;

/// What one row of an answer means.
///
/// @param <R> what it means
@FunctionalInterface
public interface RowReader<R> {

  /// Reads the row at which an answer stands.
  ///
  /// @param row the answer; goes to no other row
  /// @return what it means
  /// @throws SQLException if the database fails
  R read(ResultSet row) throws SQLException;
}
