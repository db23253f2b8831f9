// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.disk;

/// What becomes of a thread that reads a mapping at the very moment at which another closes it.
///
/// The virtual machine throws [IllegalStateException] in it and *interrupts* it, so that it wakes
/// up wherever it may wait. Whoever catches the one has to undo the other, or the next call that
/// waits fails, and the next write closes its file. A real interrupt of that same moment is lost.
public final class ClosedMapping {

  private ClosedMapping() {}

  /// The exception was caught, and reading goes on elsewhere.
  public static void passed() {
    var _ = Thread.interrupted();
  }
}
