// SPDX-License-Identifier: Apache-2.0

package io.leftfold.api;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// One append: what it does to which streams, on what conditions.
///
/// ```java
/// Commit.of(StreamAppend.of(enrolments, ExpectedState.any(), taken))
///     .onlyIf(AppendCondition.noneMatch(seats).after(head))
///     .tracking("registrations", 17);
/// ```
///
/// @param parts in the order in which the events get their positions; at least one. A stream may be
///   named again, for events that stand behind those of others: then the first entry says what is
///   expected, and the others say *any*. The stream of the tracking is not named
/// @param conditions all must hold
/// @param tracking how far the writer has come in what it follows
public record Commit(
    List<StreamAppend> parts, List<AppendCondition> conditions, Optional<Tracking> tracking) {

  /// The most conditions of one append.
  public static final int CONDITIONS_MAX = 64;

  /// Copies the lists.
  ///
  /// @throws IllegalArgumentException if there are too many conditions
  public Commit {
    parts = List.copyOf(parts);
    conditions = List.copyOf(conditions);
    if (conditions.size() > CONDITIONS_MAX) {
      throw new IllegalArgumentException(
          "An append has at most %d conditions, got %d; join their queries with Query.or"
              .formatted(CONDITIONS_MAX, conditions.size()));
    }
  }

  /// Without conditions.
  ///
  /// @param parts in the order in which the events get their positions
  /// @return the commit
  public static Commit of(List<StreamAppend> parts) {
    return new Commit(parts, List.of(), Optional.empty());
  }

  /// Without conditions.
  ///
  /// @param parts in the order in which the events get their positions
  /// @return the commit
  public static Commit of(StreamAppend... parts) {
    return of(List.of(parts));
  }

  /// On one more condition.
  ///
  /// @param condition must hold, or nothing is written
  /// @return the new commit
  public Commit onlyIf(AppendCondition condition) {
    var all = new ArrayList<>(conditions);
    all.add(condition);
    return new Commit(parts, all, tracking);
  }

  /// Recording how far the writer has come in what it follows.
  ///
  /// @param source names what is followed
  /// @param position in the source; must be greater than the one recorded before
  /// @return the new commit
  public Commit tracking(String source, long position) {
    return new Commit(parts, conditions, Optional.of(new Tracking(source, position)));
  }
}
