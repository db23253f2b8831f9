// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.stream;

import io.leftfold.api.UnavailableException;
import java.util.function.LongSupplier;

/// Keeps a reserve on the disk: a write that meets a full disk ends all writing, since nobody knows
/// what it left; an append that is refused before ends nothing. Owned by the writing thread.
///
/// The disk is asked again when so many bytes may have been written that it could be full, and as
/// long as it is, each time: so appends are taken again as soon as there is room.
public final class DiskRoom {

  private static final System.Logger LOGGER = System.getLogger(DiskRoom.class.getName());

  /// What is kept.
  public static final long RESERVE_BYTES = 64L << 20;

  private static final long CREDIT_BYTES_MAX = 8L << 20;

  private final LongSupplier usableBytes;
  private long credit;
  private boolean isFull;

  /// Over what tells how many bytes can be written.
  DiskRoom(LongSupplier usableBytes) {
    this.usableBytes = usableBytes;
  }

  /// Takes so many bytes of what there is.
  ///
  /// @throws UnavailableException if that would go into the reserve
  void take(long bytes) {
    credit -= bytes;
    if (credit >= 0) {
      return;
    }
    var usable = usableBytes.getAsLong();
    var spare = usable - RESERVE_BYTES - bytes;
    tell(spare < 0, usable);
    if (isFull) {
      credit = 0;
      throw new UnavailableException(
          UnavailableException.Reason.READ_ONLY,
          "The disk has %d bytes left, and %d are kept in reserve: the store takes no appends until there is room"
              .formatted(usable, RESERVE_BYTES));
    }
    credit = Math.min(spare / 2, CREDIT_BYTES_MAX);
  }

  private void tell(boolean full, long usable) {
    if (full != isFull) {
      isFull = full;
      LOGGER.log(
          System.Logger.Level.WARNING,
          full
              ? "The disk has {0} bytes left: appends are refused until there is room"
              : "The disk has {0} bytes left: appends are taken again",
          Long.toString(usable));
    }
  }
}
