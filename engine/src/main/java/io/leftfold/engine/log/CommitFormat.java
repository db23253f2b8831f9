// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.log;

/// The bytes of one commit, the unit of atomicity.
///
/// ```
///  0 | length 4 | crc 4           | crc: CRC-32C of bytes 8 to length − 4
///  8 | position of first record 8 |
/// 16 | time 8                     | microseconds since 1970, never decreasing
/// 24 | durable end 4 | records 4  | durable end: where the part ended that was synced before
/// 32 | records …                  |
///    | length 4                   | again, to walk backwards
/// ```
final class CommitFormat {
  static final int LENGTH = 0;
  static final int CRC = 4;
  static final int POSITION = 8;
  static final int TIME = 16;
  static final int DURABLE_END = 24;
  static final int COUNT = 28;
  static final int HEADER_BYTES = 32;
  static final int TRAILER_BYTES = 4;

  static final int BYTES_MIN = HEADER_BYTES + RecordFormat.HEADER_BYTES + TRAILER_BYTES;

  private CommitFormat() {}
}
