// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli.git;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// SHA-256, in the three ways the import needs it.
final class Hashes {

  private Hashes() {}

  static byte[] sha256(byte[] bytes) {
    return digest().digest(bytes);
  }

  static byte[] hmacSha256(byte[] key, byte[] bytes) {
    try {
      var mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(bytes);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every JDK has HmacSHA256, this one has not", e);
    }
  }

  /// The same UUID (version 8, RFC 9562) for the same parts, for ever. Each part is hashed with its
  /// length in front, so that no two lists of parts are the same bytes.
  static UUID uuid(String... parts) {
    var digest = digest();
    for (var part : parts) {
      var bytes = part.getBytes(StandardCharsets.UTF_8);
      digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).flip());
      digest.update(bytes);
    }
    var hash = ByteBuffer.wrap(digest.digest());
    var high = (hash.getLong() & 0xFFFF_FFFF_FFFF_0FFFL) | 0x8000L;
    var low = (hash.getLong() & 0x3FFF_FFFF_FFFF_FFFFL) | 0x8000_0000_0000_0000L;
    return new UUID(high, low);
  }

  private static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every JDK has SHA-256, this one has not", e);
    }
  }
}
