// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli;

/// A command cannot do what it was asked. The message is all that the user sees.
final class CommandFailedException extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final int exitCode;

  CommandFailedException(int exitCode, String message) {
    super(message);
    this.exitCode = exitCode;
  }

  CommandFailedException(int exitCode, String message, Throwable cause) {
    super(message, cause);
    this.exitCode = exitCode;
  }

  int exitCode() {
    return exitCode;
  }
}
