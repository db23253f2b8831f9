// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli.output;

/// A line is not an event. Its message says what is wrong with it.
public final class MalformedLineException extends Exception {

  private static final long serialVersionUID = 1;

  MalformedLineException(String message) {
    super(message);
  }
}
