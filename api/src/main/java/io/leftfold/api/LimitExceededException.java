// SPDX-License-Identifier: Apache-2.0

package io.leftfold.api;

import java.util.Optional;
import java.util.UUID;

/// An event or a commit is larger than the store takes. Nothing was written.
public final class LimitExceededException extends LeftfoldException {

  private static final long serialVersionUID = 1;

  private final Optional<UUID> eventId;
  private final long bytes;
  private final long bytesMax;

  private LimitExceededException(
      String message, Optional<UUID> eventId, long bytes, long bytesMax) {
    super(message);
    this.eventId = eventId;
    this.bytes = bytes;
    this.bytesMax = bytesMax;
  }

  /// One event is too large.
  ///
  /// @param id its id
  /// @param bytes its size
  /// @param bytesMax the largest allowed
  /// @return the error
  public static LimitExceededException event(UUID id, long bytes, long bytesMax) {
    return new LimitExceededException(
        "Event %s has %d bytes, but an event has at most %d; store large data elsewhere and refer to it"
            .formatted(id, bytes, bytesMax),
        Optional.of(id),
        bytes,
        bytesMax);
  }

  /// All events of one commit together are too large.
  ///
  /// @param bytes their size
  /// @param bytesMax the largest allowed
  /// @return the error
  public static LimitExceededException append(long bytes, long bytesMax) {
    return new LimitExceededException(
        "The append has %d bytes, but an append has at most %d; split it"
            .formatted(bytes, bytesMax),
        Optional.empty(),
        bytes,
        bytesMax);
  }

  /// The event that is too large.
  ///
  /// @return its id; empty if it is the commit as a whole
  public Optional<UUID> eventId() {
    return eventId;
  }

  /// The size that was proposed.
  ///
  /// @return in bytes
  public long bytes() {
    return bytes;
  }

  /// The largest size allowed.
  ///
  /// @return in bytes
  public long bytesMax() {
    return bytesMax;
  }
}
