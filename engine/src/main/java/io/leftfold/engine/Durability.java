// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine;

/// What an acknowledged append has survived.
public enum Durability {
  /// The disk said it has it: survives a power failure. The default.
  FSYNC,
  /// The operating system has it: survives a crash of the process, not of the machine.
  OS
}
