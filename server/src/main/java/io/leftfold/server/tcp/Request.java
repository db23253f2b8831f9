// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.tcp;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/// A package as it came.
///
/// ```
/// | command 1 | flags 1 | correlation 16 | credentials, if flag 1 is set | message … |
///
/// credentials: | length 1 | login | length 1 | password |
///          or: | −length 2, little-endian | token |
/// ```
///
/// @param code what it is, as a byte
/// @param id its correlation
/// @param authorization its credentials, as a header of HTTP would have them
/// @param bytes holds its message
/// @param offset where that begins
/// @param length how long that is
record Request(
    byte code, Id id, Optional<String> authorization, byte[] bytes, int offset, int length) {

  private static final int HEAD_BYTES = 18;
  private static final int AUTHENTICATED = 1;
  private static final int TRUSTED_WRITE = 2;

  /// A correlation: opaque, and echoed as it came.
  record Id(long high, long low) {
    static final Id NONE = new Id(0, 0);
  }

  /// The package is broken: there is no telling what follows it.
  static final class MalformedException extends Exception {
    private static final long serialVersionUID = 1;

    MalformedException(String message) {
      super(message, null, false, false);
    }
  }

  /// The correlation of a package, broken or not.
  static Id id(byte[] bytes, int offset, int length) {
    return length < HEAD_BYTES
        ? Id.NONE
        : new Id(
            ByteBuffer.wrap(bytes).getLong(offset + 2),
            ByteBuffer.wrap(bytes).getLong(offset + 2 + Long.BYTES));
  }

  /// Reads a frame.
  ///
  /// @throws MalformedException if it is no package, or one that only nodes may send
  static Request of(byte[] bytes, int offset, int length) throws MalformedException {
    if (length < HEAD_BYTES) {
      throw new MalformedException(
          "A package has at least %d bytes, got %d".formatted(HEAD_BYTES, length));
    }
    var flags = bytes[offset + 1];
    if ((flags & TRUSTED_WRITE) != 0) {
      throw new MalformedException(
          "Trusted writes aren't accepted over the external TCP interface");
    }
    var id = id(bytes, offset, length);
    var in = ByteBuffer.wrap(bytes, offset + HEAD_BYTES, length - HEAD_BYTES);
    var authorization =
        (flags & AUTHENTICATED) == 0 ? Optional.<String>empty() : Optional.of(credentials(in));
    return new Request(
        bytes[offset], id, authorization, bytes, in.position(), offset + length - in.position());
  }

  private static String credentials(ByteBuffer in) throws MalformedException {
    if (in.remaining() < Short.BYTES) {
      throw new MalformedException("The package ends before its credentials");
    }
    var first = in.order(ByteOrder.LITTLE_ENDIAN).getShort(in.position());
    if (first < 0) {
      in.getShort();
      return "Bearer " + text(in, -first, "token");
    }
    var login = text(in, in.get(), "login");
    if (!in.hasRemaining()) {
      throw new MalformedException("The package ends before its password");
    }
    var password = text(in, in.get(), "password");
    var both = (login + ":" + password).getBytes(StandardCharsets.UTF_8);
    return "Basic " + Base64.getEncoder().encodeToString(both);
  }

  private static String text(ByteBuffer in, int length, String what) throws MalformedException {
    if (length < 0 || length > in.remaining()) {
      throw new MalformedException(
          "The package ends within its %s: %d bytes are said, and %d are left"
              .formatted(what, length, in.remaining()));
    }
    var bytes = new byte[length];
    in.get(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
