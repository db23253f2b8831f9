// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import io.leftfold.api.StreamName;
import io.leftfold.projections.storage.ProjectionStreams;

/// What projections may be called.
final class Names {

  private Names() {}

  /// @throws ProjectionException if nobody may call one so
  static void check(String name) {
    if (name.isBlank()) {
      throw ProjectionException.notPossible("A projection has a name, got a blank one");
    }
    if (name.equals("$all")) {
      throw ProjectionException.notPossible("A projection is not called $all");
    }
    for (var ending : ProjectionStreams.RESERVED_ENDINGS) {
      if (name.endsWith(ending)) {
        throw ProjectionException.notPossible(
            "The name of a projection does not end with %s, for a stream of another one would be called so; got %s"
                .formatted(ending, name));
      }
    }
    var longest = StreamName.BYTES_MAX - 200;
    if (name.getBytes(java.nio.charset.StandardCharsets.UTF_8).length > longest) {
      throw ProjectionException.notPossible(
          "The name of a projection has at most %d bytes".formatted(longest));
    }
  }
}
