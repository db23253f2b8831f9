// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.grpc.streams;

/// How much is listened to.
///
/// @param eventBytesMax the largest event
/// @param appendBytesMax the largest append, all its events together
public record StreamLimits(long eventBytesMax, long appendBytesMax) {

  /// What a message has beside the event in it: names, framing, ignored properties.
  private static final int BYTES_BESIDES = 1 << 20;

  int messageBytesMax() {
    return Math.toIntExact(Math.min(Integer.MAX_VALUE, eventBytesMax + BYTES_BESIDES));
  }

  /// A message of `BatchAppend` may hold several events.
  int batchBytesMax() {
    return Math.toIntExact(Math.min(Integer.MAX_VALUE, appendBytesMax + BYTES_BESIDES));
  }
}
