// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.edge;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Cuts bytes into messages, of gRPC or of the old TCP protocol.
///
/// ```
/// | compressed 1 | length 4, big-endian | message … |
///                | length 4, little-endian | message … |
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
    ///
    /// @param flag of gRPC; anything otherwise
    void message(int flag, byte[] bytes, int offset, int length);

    /// How long the next message may be; called once for each.
    int messageBytesMax();

    /// A message is longer than that. The sink wants no more after this.
    void tooLong(long length);

    /// So many bytes more are being collected, or fewer.
    void collecting(int more);
  }

  /// What stands before a message.
  enum Prefix {
    /// A flag, and the length with its most significant byte first.
    GRPC(PREFIX_BYTES),
    /// The length with its least significant byte first.
    LITTLE_ENDIAN(Integer.BYTES);

    private final int bytes;

    Prefix(int bytes) {
      this.bytes = bytes;
    }

    private long length(byte[] prefix) {
      return switch (this) {
        case GRPC -> length(prefix[1], prefix[2], prefix[3], prefix[4]);
        case LITTLE_ENDIAN -> length(prefix[3], prefix[2], prefix[1], prefix[0]);
      };
    }

    private static long length(byte highest, byte higher, byte lower, byte lowest) {
      return (highest & 0xffL) << 24
          | (higher & 0xffL) << 16
          | (lower & 0xffL) << 8
          | (lowest & 0xffL);
    }
  }

  private final Prefix kind;
  private final byte[] prefix = new byte[PREFIX_BYTES];
  private int prefixBytes;
  private int length;
  private int collected;
  private byte @Nullable [] message;

  /// For gRPC.
  Deframer() {
    this(Prefix.GRPC);
  }

  /// For either.
  Deframer(Prefix kind) {
    this.kind = kind;
  }

  /// Cuts until the bytes end or the sink wants no more.
  ///
  /// @return how many bytes were taken
  int feed(byte[] bytes, int offset, int count, Sink sink) {
    var at = offset;
    var end = offset + count;
    while (sink.wantsMore()) {
      if (prefixBytes < kind.bytes) {
        if (at == end) {
          break;
        }
        var taken = Math.min(kind.bytes - prefixBytes, end - at);
        System.arraycopy(bytes, at, prefix, prefixBytes, taken);
        prefixBytes += taken;
        at += taken;
        if (prefixBytes < kind.bytes) {
          break;
        }
        length = (int) kind.length(prefix);
        if (kind.length(prefix) > sink.messageBytesMax()) {
          sink.tooLong(kind.length(prefix));
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
}
