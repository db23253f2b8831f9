// SPDX-License-Identifier: Apache-2.0

package io.leftfold.api;

/// What was read is not what was written. Stop, and keep the files.
public final class CorruptLogException extends LeftfoldException {

  private static final long serialVersionUID = 1;

  private final String file;
  private final long offset;

  /// With the place.
  ///
  /// @param file the damaged file
  /// @param offset the byte in it at which the damaged part begins
  /// @param finding what was expected there and what was found
  public CorruptLogException(String file, long offset, String finding) {
    super(
        "%s is damaged at byte %d: %s. Keep the file; run \"leftfold check\" to see what else is."
            .formatted(file, offset, finding));
    this.file = file;
    this.offset = offset;
  }

  /// The damaged file.
  ///
  /// @return its path
  public String file() {
    return file;
  }

  /// Where the damaged part begins.
  ///
  /// @return the byte in the file
  public long offset() {
    return offset;
  }
}
