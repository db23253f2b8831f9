// SPDX-License-Identifier: Apache-2.0

package io.leftfold.api;

/// What must not have happened since the writer looked: no event behind `after` matches `query`.
///
/// ```java
/// Head head;
/// try (var events = store.read(seats, ReadOptions.forwards())) {
///   head = events.head();
///   …
/// }
/// store.append(Commit.of(taken).onlyIf(AppendCondition.noneMatch(seats).after(head)));
/// ```
///
/// @param query which events stand against the append
/// @param after what was there already does not
public record AppendCondition(Query query, Head after) {

  /// No event at all matches.
  ///
  /// @param query which events stand against the append
  /// @return the condition
  public static AppendCondition noneMatch(Query query) {
    return new AppendCondition(query, Head.START);
  }

  /// The same, of events behind a head only.
  ///
  /// @param head of the read that the writer decided by
  /// @return the new condition
  public AppendCondition after(Head head) {
    return new AppendCondition(query, head);
  }
}
