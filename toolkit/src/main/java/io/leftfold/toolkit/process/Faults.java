// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit.process;

/// What functions of an application throw.
final class Faults {

  private Faults() {}

  /// Throws on what no instance can be blamed for: that the virtual machine is out of memory may
  /// show anywhere, and nobody knows what is still right. A stack that overflows is the function's
  /// own affair, as is every other error.
  static void requireOfTheApplication(Throwable thrown) {
    if (thrown instanceof VirtualMachineError error && !(error instanceof StackOverflowError)) {
      throw error;
    }
  }
}
