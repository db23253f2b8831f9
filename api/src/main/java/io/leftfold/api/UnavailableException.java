// SPDX-License-Identifier: Apache-2.0

package io.leftfold.api;

/// The store cannot answer now: it is closed, too busy, refuses writes, makes its index, or is in
/// use elsewhere.
public final class UnavailableException extends LeftfoldException {

  private static final long serialVersionUID = 1;

  private final Reason reason;

  /// With a reason.
  ///
  /// @param reason why
  /// @param message what was asked, what stands against it, what to do
  public UnavailableException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  /// With a reason and a cause.
  ///
  /// @param reason why
  /// @param message what was asked, what stands against it, what to do
  /// @param cause what went wrong beneath
  public UnavailableException(Reason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  /// Why the store cannot answer.
  ///
  /// @return the reason
  public Reason reason() {
    return reason;
  }

  /// Why a store cannot answer.
  public enum Reason {
    /// It was closed, or never opened. Open it again.
    CLOSED,
    /// Its queue is full. Try again in a moment.
    TOO_BUSY,
    /// It takes no writes: opened so, or a write to the disk failed. Reading goes on.
    READ_ONLY,
    /// Its index is being made from the log. Until then only reads of everything are answered; try
    /// again later.
    INDEXING,
    /// Another process or store uses its directory.
    IN_USE,
    /// It could not be reached, or did not answer in time; whether a write took place is unknown.
    /// Repeat it with the same event ids.
    UNREACHABLE
  }
}
