// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli;

/// What the command tells whoever called it.
final class ExitCode {

  static final int OK = 0;

  /// It did not work, or the store is damaged.
  static final int FAILED = 1;

  /// The command line is wrong.
  static final int USAGE = 2;

  /// A stream was not in the expected state; nothing was written.
  static final int CONFLICT = 3;

  /// The store cannot be reached, is closed, busy, read-only or in use by another process.
  static final int UNAVAILABLE = 4;

  static final String DESCRIPTION =
      """
      %nExit codes:%n  \
      0  done%n  \
      1  failed, or damage was found%n  \
      2  the command line is wrong%n  \
      3  conflict: a stream was not in the expected state; nothing was written%n  \
      4  the store cannot be reached, is busy, read-only, or in use by another process%n  \
      130, 143  ended cleanly, by Ctrl-C or a signal%n\
      """;

  private ExitCode() {}
}
