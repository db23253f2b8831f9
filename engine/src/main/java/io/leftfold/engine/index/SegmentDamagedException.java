// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.index;

/// What stands at an offset of a segment is not what should. Whoever knows the file says so.
final class SegmentDamagedException extends Exception {
  private static final long serialVersionUID = 1;
  private final long offset;

  SegmentDamagedException(long offset, String finding) {
    super(finding);
    this.offset = offset;
  }

  /// Where in the file.
  long offset() {
    return offset;
  }

  /// What was expected and what was found.
  String finding() {
    return String.valueOf(getMessage());
  }
}
