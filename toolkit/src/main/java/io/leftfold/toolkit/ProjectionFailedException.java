// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit;

import io.leftfold.api.RecordedEvent;

/// A projection stands before an event that it cannot fold, and goes no further. Nothing of the
/// event is in its view.
public final class ProjectionFailedException extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final long position;

  ProjectionFailedException(ProjectionVersion version, RecordedEvent event, Throwable cause) {
    super(
        "Projection %s stands before event %s, which it could not fold: %s; mend the fold, or let it park partitions"
            .formatted(version, event, cause),
        cause);
    this.position = event.position();
  }

  /// Where the event is.
  ///
  /// @return its position in the store
  public long position() {
    return position;
  }
}
