// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.log;

import java.util.zip.CRC32C;

/// The bytes of one event in a commit.
///
/// ```
///  0 | length 4 | crc 4            | crc: CRC-32C of the commit's time (8), then bytes 8 to the end
///  8 | frame distance 4 | flags 2 | stream length 2 |
/// 16 | revision 8                  |
/// 24 | id, most significant 8      |
/// 32 | id, least significant 8     |
/// 40 | type length 2 | tags 2 | metadata length 4 |
/// 48 | stream … | type … | for each tag: length 2, tag … | metadata … | data … |
/// ```
///
/// The frame distance leads back from the record to the beginning of its commit, which has the
/// time. The checksum vouches for the time too, for a reader of one record checks nothing else.
final class RecordFormat {
  static final int LENGTH = 0;
  static final int CRC = 4;
  static final int FRAME_DISTANCE = 8;
  static final int FLAGS = 12;
  static final int STREAM_LENGTH = 14;
  static final int REVISION = 16;
  static final int ID_HIGH = 24;
  static final int ID_LOW = 32;
  static final int TYPE_LENGTH = 40;
  static final int TAG_COUNT = 42;
  static final int METADATA_LENGTH = 44;
  static final int HEADER_BYTES = 48;

  static final int FLAG_JSON = 1;

  /// The event is forgotten; the record says how far its stream had come.
  static final int FLAG_EMPTIED = 2;

  private RecordFormat() {}

  /// The checksum of one record after the other. Owned by one thread.
  static final class RecordChecksum {
    private final CRC32C crc = new CRC32C();
    private final byte[] time = new byte[8];

    int of(long commitTime, byte[] bytes, int from, int length) {
      Bytes.putLong(time, 0, commitTime);
      crc.reset();
      crc.update(time, 0, time.length);
      crc.update(bytes, from + FRAME_DISTANCE, length - FRAME_DISTANCE);
      return (int) crc.getValue();
    }
  }
}
