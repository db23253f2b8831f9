// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.edge;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/// Looks at the first bytes of a connection: is this HTTP/2, and does it begin as it must?
///
/// Vert.x tells about a connection only after its first settings; what goes wrong before it, it
/// logs by itself, a line for each, without saying who it was. So that is judged here.
///
/// ```
/// | preface 24 | length 3 | type 1 = 4 | flags 1 | stream 4 = 0 | ( id 2 | value 4 )* |
/// ```
final class Opening {

  private static final byte[] PREFACE =
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
  private static final int FRAME_HEADER_BYTES = 9;
  private static final int SETTINGS = 4;
  private static final int ACK = 1;
  private static final int SETTING_BYTES = 6;
  private static final int SETTINGS_MAX = 100;

  private static final int ENABLE_PUSH = 2;
  private static final int INITIAL_WINDOW_SIZE = 4;
  private static final int MAX_FRAME_SIZE = 5;
  private static final int MAX_FRAME_SIZE_LEAST = 1 << 14;
  private static final int MAX_FRAME_SIZE_MOST = (1 << 24) - 1;

  /// What the bytes say.
  enum Verdict {
    /// Too few to say.
    WAIT,
    /// Good, or not HTTP/2 at all.
    GO_ON,
    /// Begins as HTTP/2 and goes on otherwise.
    BROKEN
  }

  private Opening() {}

  /// Judges the bytes so far.
  ///
  /// @param http2 whether the peer said before that this is HTTP/2
  static Verdict of(ByteBuf bytes, boolean http2) {
    var start = bytes.readerIndex();
    var available = bytes.readableBytes();
    for (var i = 0; i < Math.min(available, PREFACE.length); i++) {
      if (bytes.getByte(start + i) != PREFACE[i]) {
        return http2 ? Verdict.BROKEN : Verdict.GO_ON;
      }
    }
    if (available < PREFACE.length + FRAME_HEADER_BYTES) {
      return Verdict.WAIT;
    }
    var header = start + PREFACE.length;
    var length = bytes.getUnsignedMedium(header);
    if (length % SETTING_BYTES != 0
        || length > SETTINGS_MAX * SETTING_BYTES
        || bytes.getByte(header + 3) != SETTINGS
        || (bytes.getByte(header + 4) & ACK) != 0
        || (bytes.getInt(header + 5) & Integer.MAX_VALUE) != 0) {
      return Verdict.BROKEN;
    }
    var settings = header + FRAME_HEADER_BYTES;
    var end = settings + length;
    if (available < end - start) {
      return Verdict.WAIT;
    }
    for (var at = settings; at < end; at += SETTING_BYTES) {
      if (!isValid(bytes.getUnsignedShort(at), bytes.getUnsignedInt(at + 2))) {
        return Verdict.BROKEN;
      }
    }
    return Verdict.GO_ON;
  }

  private static boolean isValid(int id, long value) {
    return switch (id) {
      case ENABLE_PUSH -> value <= 1;
      case INITIAL_WINDOW_SIZE -> value <= Integer.MAX_VALUE;
      case MAX_FRAME_SIZE -> value >= MAX_FRAME_SIZE_LEAST && value <= MAX_FRAME_SIZE_MOST;
      default -> true;
    };
  }
}
