// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.edge;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Cuts the bytes of a request into gRPC messages.
///
/// ```
/// | compressed 1 | length 4, big-endian | message … |
/// ```
///
/// A message that lies whole in the bytes that came is passed on where it lies; one that comes in
/// pieces is collected. What is collected grows with what has come, not with what was announced.
final class Deframer {

  static final int PREFIX_BYTES = 5;
  private static final int FIRST_BYTES = 16 * 1024;

  /// Takes what was cut.
  interface Sink {
    /// Whether to go on.
    boolean wantsMore();

    /// A whole message.
    void message(int flag, byte[] bytes, int offset, int length);

    /// How long the next message may be; called once for each.
    int messageBytesMax();

    /// A message is longer than that. The sink wants no more after this.
    void tooLong(long length);

    /// So many bytes more are being collected, or fewer.
    void collecting(int more);
  }

  private final byte[] prefix = new byte[PREFIX_BYTES];
  private int prefixBytes;
  private int length;
  private int collected;
  private byte @Nullable [] message;

  /// Cuts until the bytes end or the sink wants no more.
  ///
  /// @return how many bytes were taken
  int feed(byte[] bytes, int offset, int count, Sink sink) {
    var at = offset;
    var end = offset + count;
    while (sink.wantsMore()) {
      if (prefixBytes < PREFIX_BYTES) {
        if (at == end) {
          break;
        }
        var taken = Math.min(PREFIX_BYTES - prefixBytes, end - at);
        System.arraycopy(bytes, at, prefix, prefixBytes, taken);
        prefixBytes += taken;
        at += taken;
        if (prefixBytes < PREFIX_BYTES) {
          break;
        }
        length = (int) lengthOf(prefix);
        if (lengthOf(prefix) > sink.messageBytesMax()) {
          sink.tooLong(lengthOf(prefix));
          break;
        }
      }
      if (message == null && end - at >= length) {
        var start = at;
        at += length;
        prefixBytes = 0;
        sink.message(prefix[0], bytes, start, length);
      } else if (at == end) {
        break;
      } else {
        at += collect(bytes, at, end - at, sink);
      }
    }
    return at - offset;
  }

  private int collect(byte[] bytes, int at, int available, Sink sink) {
    var into = message;
    if (into == null) {
      into = new byte[Math.min(length, Math.max(FIRST_BYTES, available))];
      collected = 0;
      sink.collecting(into.length);
    }
    var taken = Math.min(length - collected, available);
    if (taken > into.length - collected) {
      var grown = (int) Math.min(length, Math.max(2L * into.length, (long) collected + taken));
      sink.collecting(grown - into.length);
      into = Arrays.copyOf(into, grown);
    }
    System.arraycopy(bytes, at, into, collected, taken);
    collected += taken;
    message = into;
    if (collected == length) {
      abandon(sink);
      prefixBytes = 0;
      sink.message(prefix[0], into, 0, length);
    }
    return taken;
  }

  /// Forgets what was collected.
  void abandon(Sink sink) {
    if (message != null) {
      sink.collecting(-message.length);
      message = null;
    }
  }

  /// Whether the bytes so far end within a message.
  boolean isWithinMessage() {
    return prefixBytes > 0;
  }

  private static long lengthOf(byte[] prefix) {
    return (prefix[1] & 0xffL) << 24
        | (prefix[2] & 0xffL) << 16
        | (prefix[3] & 0xffL) << 8
        | (prefix[4] & 0xffL);
  }
}
