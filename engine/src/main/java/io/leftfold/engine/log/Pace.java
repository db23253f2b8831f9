// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.log;

/// Is told how far work in the background is, and slows it down or ends it.
@FunctionalInterface
public interface Pace {

  /// So many bytes more were read or written.
  ///
  /// @throws java.util.concurrent.CancellationException if the work is to end here
  void passed(long bytes);
}
