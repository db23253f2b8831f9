// SPDX-License-Identifier: Apache-2.0

package io.leftfold.api;

import java.util.List;

/// Since the writer looked, something was recorded that its decision rests on. Read again, decide
/// again.
public final class ConditionFailedException extends LeftfoldException {

  /// The most positions that are told.
  public static final int POSITIONS_MAX = 16;

  private static final long serialVersionUID = 1;

  private final transient AppendCondition condition;
  private final transient List<Long> positions;

  /// With what stood against the append.
  ///
  /// @param condition the first that did not hold
  /// @param positions of the events that match it, ascending: the first ones, at least one, at most
  ///   [#POSITIONS_MAX]
  public ConditionFailedException(AppendCondition condition, List<Long> positions) {
    super(
        "Append expected no event that matches the query behind %s, but there %s at %s%s; read again and decide again"
            .formatted(
                condition.after(),
                positions.size() == 1 ? "is one" : "are some",
                positions,
                positions.size() < POSITIONS_MAX ? "" : " and perhaps more"));
    this.condition = condition;
    this.positions = List.copyOf(positions);
  }

  /// The first condition that did not hold.
  ///
  /// @return the condition
  public AppendCondition condition() {
    return condition;
  }

  /// Where the first events are that match it.
  ///
  /// @return ascending, at least one, at most [#POSITIONS_MAX]
  public List<Long> positions() {
    return positions;
  }
}
