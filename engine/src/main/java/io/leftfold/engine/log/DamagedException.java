// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.log;

/// What stands at an offset of a file is not what should. Whoever knows the file turns it into a
/// [io.leftfold.api.CorruptLogException].
public final class DamagedException extends Exception {
  private static final long serialVersionUID = 1;
  private final long offset;

  DamagedException(long offset, String finding) {
    super(finding);
    this.offset = offset;
  }

  /// Where in the file.
  public long offset() {
    return offset;
  }

  /// What was expected and what was found.
  public String finding() {
    return String.valueOf(getMessage());
  }
}
