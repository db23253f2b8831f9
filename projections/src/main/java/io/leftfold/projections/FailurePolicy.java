// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

/// What becomes of an event that makes the script fail.
public enum FailurePolicy {
  /// The projection stops in front of it.
  STOP("stop"),
  /// It is tried again and again, with longer and longer pauses, and in the end the projection
  /// stops.
  RETRY("retry"),
  /// It is set aside, and the projection goes on as if it had not been.
  PARK_EVENT("park-event"),
  /// Its partition stops in front of it, the others go on. A projection whose partitions share a
  /// state, or that has none, treats it as [#PARK_EVENT].
  PARK_PARTITION("park-partition");

  private final String text;

  FailurePolicy(String text) {
    this.text = text;
  }

  /// By its name.
  ///
  /// @param text as [#toString] gives it
  /// @return the policy
  /// @throws IllegalArgumentException if there is none of that name
  public static FailurePolicy of(String text) {
    for (var policy : values()) {
      if (policy.text.equals(text)) {
        return policy;
      }
    }
    throw new IllegalArgumentException(
        "A failure policy is stop, retry, park-event or park-partition, got \"%s\""
            .formatted(text));
  }

  @Override
  public String toString() {
    return text;
  }
}
