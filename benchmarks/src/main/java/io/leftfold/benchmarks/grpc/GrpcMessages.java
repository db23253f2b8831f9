// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks.grpc;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Messages with their prefixes: one byte of flags, four of length.
final class GrpcMessages {

  static final int PREFIX_BYTES = 5;

  private GrpcMessages() {}

  static void putPrefix(ByteBuffer into, int length) {
    into.put((byte) 0).putInt(length);
  }

  static List<byte[]> split(byte[] bytes) {
    var messages = new ArrayList<byte[]>();
    var buffer = ByteBuffer.wrap(bytes);
    for (var at = 0; at < bytes.length; ) {
      var length = buffer.getInt(at + 1);
      messages.add(Arrays.copyOfRange(bytes, at + PREFIX_BYTES, at + PREFIX_BYTES + length));
      at += PREFIX_BYTES + length;
    }
    return messages;
  }
}
