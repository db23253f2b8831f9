// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.node;

/// An append has more events than are taken at once. Its bytes may be few: every event costs memory
/// beside its bytes, so the wires count events too.
public final class TooManyEventsException extends RuntimeException {

  /// The most events of one append, all its streams together.
  public static final int EVENTS_MAX = 1 << 16;

  private static final long serialVersionUID = 1;

  private final long appendBytesMax;

  /// An append goes over [#EVENTS_MAX].
  ///
  /// @param appendBytesMax the bound on its bytes, which programs are told where they know no other
  public TooManyEventsException(long appendBytesMax) {
    super("An append has at most %d events, and this one has more; split it".formatted(EVENTS_MAX));
    this.appendBytesMax = appendBytesMax;
  }

  /// The bound on the bytes of an append.
  ///
  /// @return the bound
  public long appendBytesMax() {
    return appendBytesMax;
  }
}
