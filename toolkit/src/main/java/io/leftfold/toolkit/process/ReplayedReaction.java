// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit.process;

import java.util.List;

/// What today's functions make of an input of the past. Nothing of it is done.
///
/// @param input what came, as it is understood today
/// @param before the state before it
/// @param after the state after it
/// @param effects what is wanted because of it; nothing, if it is history
///   ([ProcessDefinition#reactingFrom])
/// @param asRecorded whether that is what was recorded then: the same commands by the same ids, the
///   same timers by name, the end or not. When a timer is due depends on the time of then, and is
///   not compared. Of an input that is still to be handled nothing was recorded
/// @param <E> the events that are followed
/// @param <S> the state of an instance
/// @param <C> the commands
public record ReplayedReaction<E, S, C>(
    Input<E, C> input, S before, S after, List<Effect<C>> effects, boolean asRecorded) {

  /// Copies the list.
  public ReplayedReaction {
    effects = List.copyOf(effects);
  }
}
