// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.log;

import java.util.zip.CRC32C;

/// The checksum over the checksums of a chunk's commits, in order: tells a missing, doubled or
/// swapped commit although each one is whole.
final class CommitsChecksum {
  private final byte[] one = new byte[4];
  private final CRC32C crc = new CRC32C();

  void add(int commitCrc) {
    Bytes.putInteger(one, 0, commitCrc);
    crc.update(one, 0, 4);
  }

  int value() {
    return (int) crc.getValue();
  }
}
