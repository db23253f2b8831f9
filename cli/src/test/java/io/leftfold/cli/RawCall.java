// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;

/// The bytes of a gRPC call with an empty request, from the first of its connection on.
final class RawCall {

  private static final int HEADERS = 1;
  private static final int SETTINGS = 4;
  private static final int END_STREAM = 1;
  private static final int END_HEADERS = 4;
  private static final int INITIAL_WINDOW_SIZE = 4;

  private RawCall() {}

  /// A call.
  ///
  /// @param path of the method
  /// @param windowBytes how much of an answer is taken
  static byte[] of(String path, int windowBytes) {
    var out = new ByteArrayOutputStream();
    out.writeBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(US_ASCII));
    var settings = ByteBuffer.allocate(6).putShort((short) INITIAL_WINDOW_SIZE).putInt(windowBytes);
    frame(out, SETTINGS, 0, 0, settings.array());
    var headers = new ByteArrayOutputStream();
    headers.writeBytes(new byte[] {(byte) 0x83, (byte) 0x86}); // POST, http
    header(headers, 0x44, path);
    header(headers, 0x41, "x");
    header(headers, 0x5f, "application/grpc");
    frame(out, HEADERS, END_HEADERS, 1, headers.toByteArray());
    frame(out, 0, END_STREAM, 1, new byte[5]);
    return out.toByteArray();
  }

  private static void header(ByteArrayOutputStream out, int name, String value) {
    out.write(name);
    out.write(value.length());
    out.writeBytes(value.getBytes(US_ASCII));
  }

  private static void frame(
      ByteArrayOutputStream out, int type, int flags, int stream, byte[] payload) {
    out.writeBytes(
        ByteBuffer.allocate(9)
            .putInt(payload.length << 8 | type)
            .put((byte) flags)
            .putInt(stream)
            .array());
    out.writeBytes(payload);
  }
}
