// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.log;

/// What becomes of an event when its chunk is written again.
public enum Fate {
  /// It stays as it is.
  KEEP,

  /// It is forgotten, and its record stays, with stream, revision and type: the last of a stream
  /// that was deleted.
  EMPTY,

  /// It is forgotten, and its record goes. The position stays, with the category and the type.
  FORGET
}
