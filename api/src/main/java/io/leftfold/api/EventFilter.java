// SPDX-License-Identifier: Apache-2.0

package io.leftfold.api;

import java.util.List;
import java.util.Set;

/// Which events of all streams a reader wants.
///
/// Prefixes compare exactly (case matters) and any of them suffices.
///
/// A regular expression matches when it is *found* anywhere in the name; anchor it with `^` and
/// `$`. It is written as for RE2, which finds in linear time: what Java's expressions and RE2's
/// have in common, without back-references and look-behind. Looking ahead works where clients use
/// it, to leave names out: behind `^`, or behind `^` and plain text, as in `^(?!\$)`, `^(?!a$|b$)`
/// and `^order-(?!test-).*`. One that is malformed, asks for more, or is longer than 4,096
/// characters or takes more than 2,000 steps for each character of a name, is refused with an
/// [IllegalArgumentException] when a read or a subscription is opened with it.
public sealed interface EventFilter {

  /// Every event.
  ///
  /// @return the filter
  static EventFilter everything() {
    return Everything.INSTANCE;
  }

  /// Events of streams whose names begin with one of these.
  ///
  /// @param prefixes at least one
  /// @return the filter
  static EventFilter streamPrefix(String... prefixes) {
    return new StreamPrefix(List.of(prefixes));
  }

  /// Events whose types begin with one of these.
  ///
  /// @param prefixes at least one
  /// @return the filter
  static EventFilter typePrefix(String... prefixes) {
    return new TypePrefix(List.of(prefixes));
  }

  /// Events that are not the store's own: whose types do not begin with `$`.
  ///
  /// @return the filter
  static EventFilter withoutSystemEvents() {
    return new TypeRegex("^[^$].*");
  }

  /// Events that match a query. Answered by the index.
  ///
  /// @param query which
  /// @return the filter
  static EventFilter matching(Query query) {
    return new Matching(query);
  }

  /// Every event.
  record Everything() implements EventFilter {
    private static final Everything INSTANCE = new Everything();
  }

  /// Events of streams whose names begin with one of the prefixes.
  ///
  /// @param prefixes at least one
  record StreamPrefix(List<String> prefixes) implements EventFilter {
    /// Copies the list.
    public StreamPrefix {
      prefixes = atLeastOne(prefixes, "stream prefix");
    }
  }

  /// Events of streams in whose names the expression is found.
  ///
  /// @param regex a regular expression, as [EventFilter] describes it
  record StreamRegex(String regex) implements EventFilter {}

  /// Events whose types begin with one of the prefixes.
  ///
  /// @param prefixes at least one
  record TypePrefix(List<String> prefixes) implements EventFilter {
    /// Copies the list.
    public TypePrefix {
      prefixes = atLeastOne(prefixes, "type prefix");
    }
  }

  /// Events in whose types the expression is found.
  ///
  /// @param regex a regular expression, as [EventFilter] describes it
  record TypeRegex(String regex) implements EventFilter {}

  /// Events of the streams of one category. Answered by the index.
  ///
  /// @param category what stands before the first `-` of a stream's name
  record Category(String category) implements EventFilter {}

  /// Events of one of these types, exactly. Answered by the index.
  ///
  /// @param types at least one
  record Types(Set<String> types) implements EventFilter {
    /// Copies the set.
    public Types {
      atLeastOne(List.copyOf(types), "type");
      types = Set.copyOf(types);
    }
  }

  /// Events that carry all of these tags. Answered by the index.
  ///
  /// @param tags at least one
  record Tagged(Set<Tag> tags) implements EventFilter {
    /// Copies the set.
    public Tagged {
      atLeastOne(List.copyOf(tags), "tag");
      tags = Set.copyOf(tags);
    }
  }

  /// Events that match a query; none of the store's own. Answered by the index.
  ///
  /// @param query which
  record Matching(Query query) implements EventFilter {}

  private static <T> List<T> atLeastOne(List<T> things, String what) {
    if (things.isEmpty()) {
      throw new IllegalArgumentException(
          "A filter by %s needs at least one, got none".formatted(what));
    }
    return List.copyOf(things);
  }
}
