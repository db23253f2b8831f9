// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli.projections;

/// A file of a case cannot be understood. The message says which, where, and why.
public final class MalformedCaseException extends RuntimeException {

  private static final long serialVersionUID = 1;

  MalformedCaseException(String message) {
    super(message);
  }
}
