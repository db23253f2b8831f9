// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit;

/// What was waited for will not come: the projection goes no further.
public final class ProjectionStoppedException extends RuntimeException {

  private static final long serialVersionUID = 1;

  ProjectionStoppedException(String message) {
    super(message);
  }

  ProjectionStoppedException(String message, Throwable cause) {
    super(message, cause);
  }
}
