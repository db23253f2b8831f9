// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.log;

import io.leftfold.api.CorruptLogException;
import java.util.Optional;

/// What opening a log found.
///
/// @param cut what was cut from its tail
/// @param damage damage that was tolerated because the log was opened read-only
public record Recovery(Optional<Cut> cut, Optional<CorruptLogException> damage) {

  /// A torn tail: bytes of commits that were never acknowledged.
  ///
  /// @param file the chunk
  /// @param offset where the last whole commit ends
  /// @param bytes how many bytes behind it were not zero
  /// @param nextPosition the position the next event gets
  public record Cut(String file, long offset, long bytes, long nextPosition) {}
}
