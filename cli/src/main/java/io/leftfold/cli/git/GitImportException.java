// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli.git;

/// The import cannot begin or go on. What it wrote before is whole and stays.
public final class GitImportException extends RuntimeException {

  private static final long serialVersionUID = 1;

  GitImportException(String message) {
    super(message);
  }

  GitImportException(String message, Throwable cause) {
    super(message, cause);
  }
}
