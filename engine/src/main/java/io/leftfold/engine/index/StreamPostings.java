// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.index;

/// The positions of a stream's events, and whether a revision is simply the ordinal of its
/// position.
public final class StreamPostings extends KeyPostings {

  StreamPostings(Row row, IndexKey key) {
    super(row, key);
  }

  /// Whether the n-th event has revision n, for all n: no tombstone, nothing lost.
  public boolean isRegular() {
    return areOrdinalsRevisions();
  }
}
