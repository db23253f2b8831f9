// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections.reading;

import io.leftfold.api.EventFilter;
import io.leftfold.api.StreamName;
import java.util.List;
import java.util.Set;

/// What is to be read.
public sealed interface Question {

  /// Everything behind a filter.
  ///
  /// @param filter what the store looks for
  /// @param resolveLinks whether links are followed
  /// @param types of what the store finds, only these; none for all
  /// @param ordinaryOnly whether system streams are left out, but for the metastreams of others
  record All(EventFilter filter, boolean resolveLinks, Set<String> types, boolean ordinaryOnly)
      implements Question {
    /// Copies the set.
    public All {
      types = Set.copyOf(types);
    }
  }

  /// Some streams, ordinary or virtual; links are followed. An event that several of them list is
  /// given once.
  ///
  /// @param names at least one
  record Streams(List<StreamName> names) implements Question {
    /// Copies the list.
    public Streams {
      names = List.copyOf(names);
    }
  }
}
