// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections.storage;

import io.leftfold.api.StreamName;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// Names of streams made of a prefix and a partition that may be as long as a stream's name itself.
final class LongNames {

  private LongNames() {}

  /// The two together, or, where that is too long, the partition's beginning and its digest.
  static String shortened(String prefix, String partition) {
    var whole = prefix + partition;
    if (whole.length() * 3 <= StreamName.BYTES_MAX
        || whole.getBytes(StandardCharsets.UTF_8).length <= StreamName.BYTES_MAX) {
      return whole;
    }
    var beginning = Character.isHighSurrogate(partition.charAt(199)) ? 199 : 200;
    return prefix + partition.substring(0, beginning) + "~" + digest(partition);
  }

  private static String digest(String text) {
    try {
      var bytes = text.getBytes(StandardCharsets.UTF_8);
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every JDK has SHA-256", e);
    }
  }
}
