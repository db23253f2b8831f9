// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// SHA-256, which every JDK has.
final class Sha256 {

  private Sha256() {}

  static MessageDigest begin() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every JDK has SHA-256, this one has not", e);
    }
  }

  /// Of a text's UTF-8, in hexadecimal digits.
  static String ofText(String text) {
    return HexFormat.of().formatHex(begin().digest(text.getBytes(UTF_8)));
  }
}
