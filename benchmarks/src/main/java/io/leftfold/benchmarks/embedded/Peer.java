// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks.embedded;

import io.leftfold.api.StreamName;
import java.sql.SQLException;

/// What people would use instead, doing the same work: keeping [Events] in the order of streams and
/// revisions.
interface Peer extends AutoCloseable {

  /// Who it is and how it is set.
  String describe();

  /// Adds an event to a stream, without making it durable. By one thread.
  void insert(StreamName stream) throws Exception;

  /// Makes what was inserted durable.
  void commit() throws Exception;

  /// Reads the events of a stream and looks at each.
  ///
  /// @return how many there are
  int read(StreamName stream) throws Exception;

  /// Adds an event to a stream and makes it durable.
  default void append(StreamName stream) throws Exception {
    insert(stream);
    commit();
  }

  /// How many threads may [append][#append] at a time; more would only wait for each other.
  default int callersMax() {
    return 1;
  }

  @Override
  void close() throws SQLException;
}
