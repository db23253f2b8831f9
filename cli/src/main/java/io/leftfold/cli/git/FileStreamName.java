// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli.git;

import io.leftfold.api.StreamName;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/// The stream of a file: `<category>-<path>`. A path too long for a stream name is cut at a
/// character and ends in `~` and the SHA-256 of the whole path; the events hold the path whole.
final class FileStreamName {

  private static final int HASH_CHARACTERS = 64;

  private FileStreamName() {}

  static StreamName of(String category, String path) {
    var whole = category + "-" + path;
    var bytes = whole.getBytes(StandardCharsets.UTF_8);
    if (bytes.length <= StreamName.BYTES_MAX) {
      return StreamName.of(whole);
    }
    var end = StreamName.BYTES_MAX - HASH_CHARACTERS - 1;
    while (isContinuation(bytes[end])) {
      end--;
    }
    var hash = Hashes.sha256(path.getBytes(StandardCharsets.UTF_8));
    return StreamName.of(
        new String(bytes, 0, end, StandardCharsets.UTF_8) + "~" + HexFormat.of().formatHex(hash));
  }

  private static boolean isContinuation(byte b) {
    return (b & 0xC0) == 0x80;
  }
}
