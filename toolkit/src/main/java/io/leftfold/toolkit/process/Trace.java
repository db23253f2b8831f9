// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit.process;

import io.leftfold.toolkit.CommandId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// What happened to an instance, from its first input on: what came, what it made of it, and what
/// it wanted to be done. Nothing happens because of looking: states are folded by `evolve` alone.
///
/// As text ([#toString()]) it is for people, and may say more tomorrow.
///
/// @param instance its name
/// @param steps in the order of its stream
/// @param <E> the events that are followed
/// @param <S> the state of an instance
/// @param <C> the commands
public record Trace<E, S, C>(String instance, List<Step<E, S, C>> steps) {

  /// Copies the list.
  public Trace {
    steps = List.copyOf(steps);
  }

  @Override
  public String toString() {
    return instance + steps.stream().map(step -> "\n" + step).collect(Collectors.joining());
  }

  /// One entry of the stream.
  ///
  /// @param revision in the stream of the instance
  /// @param position in the store
  /// @param recorded when, by the store's clock
  /// @param what it says
  /// @param before the state before it; empty if it cannot be folded
  /// @param after the state after it; empty if it cannot be folded
  /// @param <E> the events that are followed
  /// @param <S> the state of an instance
  /// @param <C> the commands
  public record Step<E, S, C>(
      long revision,
      long position,
      Instant recorded,
      What<E, C> what,
      Optional<S> before,
      Optional<S> after) {

    @Override
    public String toString() {
      var line = "%5d  %s  %s".formatted(revision, recorded, what);
      return before.equals(after)
          ? line
          : "%s%n       = %s".formatted(line, after.map(Object::toString).orElse("no state"));
    }
  }

  /// What an entry says.
  ///
  /// @param <E> the events that are followed
  /// @param <C> the commands
  public sealed interface What<E, C> {

    /// An input was handled: what follows until the next input is what the instance made of it.
    ///
    /// @param input what came
    /// @param came the revision at which it came: an earlier one, if it was held
    /// @param <E> the events that are followed
    /// @param <C> the commands
    record Handled<E, C>(Input<E, C> input, long came) implements What<E, C> {}

    /// An input came that is to be handled later.
    ///
    /// @param input what came
    /// @param <E> the events that are followed
    /// @param <C> the commands
    record Held<E, C>(Input<E, C> input) implements What<E, C> {}

    /// An input came behind the end, and means nothing.
    ///
    /// @param input what came
    /// @param <E> the events that are followed
    /// @param <C> the commands
    record PassedOver<E, C>(Input<E, C> input) implements What<E, C> {}

    /// A command is to be given to its target.
    ///
    /// @param id the same each time that it is
    /// @param lane in which it waits
    /// @param command what is wanted
    /// @param <E> the events that are followed
    /// @param <C> the commands
    record Sent<E, C>(CommandId id, String lane, C command) implements What<E, C> {}

    /// A timer runs.
    ///
    /// @param timer its name
    /// @param due when it fires
    /// @param <E> the events that are followed
    /// @param <C> the commands
    record TimerStarted<E, C>(String timer, Instant due) implements What<E, C> {}

    /// A timer does not run any more.
    ///
    /// @param timer its name
    /// @param <E> the events that are followed
    /// @param <C> the commands
    record TimerCancelled<E, C>(String timer) implements What<E, C> {}

    /// Nothing is handled until somebody says so.
    ///
    /// @param cause what went wrong
    /// @param <E> the events that are followed
    /// @param <C> the commands
    record Parked<E, C>(String cause) implements What<E, C> {}

    /// It goes on with the input that it was parked with.
    ///
    /// @param by who says so
    /// @param <E> the events that are followed
    /// @param <C> the commands
    record Resumed<E, C>(String by) implements What<E, C> {}

    /// It goes on without that input.
    ///
    /// @param came the revision of the input
    /// @param by who says so
    /// @param <E> the events that are followed
    /// @param <C> the commands
    record Skipped<E, C>(long came, String by) implements What<E, C> {}

    /// It goes on without that input, and the command whose outcome that was is given to its target
    /// again.
    ///
    /// @param came the revision of the input
    /// @param by who says so
    /// @param <E> the events that are followed
    /// @param <C> the commands
    record Retried<E, C>(long came, String by) implements What<E, C> {}

    /// Nothing that comes later means anything.
    ///
    /// @param <E> the events that are followed
    /// @param <C> the commands
    record Completed<E, C>() implements What<E, C> {}

    /// An entry, or what it leads to, cannot be read any more.
    ///
    /// @param why what went wrong
    /// @param <E> the events that are followed
    /// @param <C> the commands
    record Unreadable<E, C>(String why) implements What<E, C> {}
  }
}
