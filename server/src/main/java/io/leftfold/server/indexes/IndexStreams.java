// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.indexes;

import io.leftfold.api.StreamName;

/// Where indexes are kept.
public final class IndexStreams {

  /// What the names of all of them begin with, and no others.
  public static final String PREFIX = "$UserIndex";

  static final String LIVES = PREFIX + "-";

  private IndexStreams() {}

  /// What became of the indexes of a name.
  static StreamName life(String name) {
    return StreamName.of(LIVES + name);
  }

  /// The pages of one index.
  static StreamName pages(String name, long generation) {
    return StreamName.of("%sPages-%s:%d".formatted(PREFIX, name, generation));
  }
}
