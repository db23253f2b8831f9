// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.node;

import io.leftfold.engine.BatchReport;

/// Is told what a node does, after it was done. Called by the threads that do it, the writing
/// thread among them: count and return.
public interface Observer {

  /// Something was written, or refused.
  ///
  /// @param operation what was asked
  /// @param outcome how it ended
  /// @param nanos how long the caller waited
  void wrote(Operation operation, Outcome outcome, long nanos);

  /// The writer has finished a batch.
  ///
  /// @param batch what it was
  void batch(BatchReport batch);

  /// Something was read, to its end or until nobody wanted more.
  ///
  /// @param operation what was asked
  /// @param events how many events were given
  /// @param nanos how long it was read
  /// @param waitedNanos how long it waited meanwhile for the caller to take what was read
  void read(Operation operation, long events, long nanos, long waitedNanos);

  /// Subscriptions have given events.
  ///
  /// @param source what they follow
  /// @param events how many more
  void followed(Following.Source source, long events);

  /// Something took longer than it should, and was logged.
  ///
  /// @param operation what
  void slow(Operation operation);

  /// Looks away.
  ///
  /// @return does nothing
  static Observer none() {
    return Unobserving.OBSERVER;
  }

  /// Looks away.
  enum Unobserving implements Observer {
    /// The one there is.
    OBSERVER;

    @Override
    public void wrote(Operation operation, Outcome outcome, long nanos) {}

    @Override
    public void batch(BatchReport batch) {}

    @Override
    public void read(Operation operation, long events, long nanos, long waitedNanos) {}

    @Override
    public void followed(Following.Source source, long events) {}

    @Override
    public void slow(Operation operation) {}
  }
}
