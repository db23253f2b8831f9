// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections.reading;

import io.leftfold.api.EventFilter;
import io.leftfold.api.StreamName;
import io.leftfold.api.VirtualStream;
import java.util.List;
import java.util.Set;

/// What is to be read.
public sealed interface Question {

  /// Which events may be news to who has come to the end of the answer; others need not wake
  /// anybody.
  ///
  /// @return a filter that lets all that is asked for through, and as little else as it can
  EventFilter news();

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

    @Override
    public EventFilter news() {
      return filter;
    }
  }

  /// Some streams, ordinary or virtual; links are followed. An event that several of them list is
  /// given once.
  ///
  /// @param names at least one
  record Streams(List<StreamName> names) implements Question {
    private static final int PREFIXES_MAX = 32;

    /// Copies the list.
    public Streams {
      names = List.copyOf(names);
    }

    @Override
    public EventFilter news() {
      if (names.size() <= PREFIXES_MAX && names.stream().noneMatch(StreamName::isVirtual)) {
        return EventFilter.streamPrefix(
            names.stream().map(StreamName::value).toArray(String[]::new));
      }
      return names.size() > 1
          ? EventFilter.everything()
          : switch (names.getFirst().virtual().orElseThrow()) {
            case VirtualStream.Category(var category) -> new EventFilter.Category(category);
            case VirtualStream.Type(var type) -> new EventFilter.Types(Set.of(type));
            case VirtualStream.Streams _,
                VirtualStream.StreamsOfCategory _,
                VirtualStream.Correlation _ ->
                EventFilter.everything();
          };
    }
  }
}
