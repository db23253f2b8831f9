// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit.process;

import java.util.ArrayList;
import java.util.List;

/// What has to be made good if a process cannot come to its end: for each step that was taken a
/// command that takes it back. A part of the state of an instance:
///
/// ```java
/// record Trip(String name, Compensations<TripCommand> undo) {}
///
/// // evolve: a step was taken
/// case Settled(_, BookFlight(var trip), Accepted _) -> trip.with(trip.undo().plus(new CancelFlight(trip)));
/// // react: a later one failed
/// case Settled(_, BookHotel _, Rejected _) -> trip.undo().send();
/// ```
///
/// Nothing is rolled back by magic: these are commands like others, the newest first, each with an
/// outcome of its own. Of one lane, so each waits until the one before is settled, in whatever way.
///
/// @param commands those for the steps that were taken first come first
/// @param <C> the commands
public record Compensations<C>(List<C> commands) {

  /// Copies the list.
  public Compensations {
    commands = List.copyOf(commands);
  }

  /// Nothing was done yet.
  ///
  /// @param <C> the commands
  /// @return no commands
  public static <C> Compensations<C> none() {
    return new Compensations<>(List.of());
  }

  /// A further step was taken.
  ///
  /// @param command takes it back
  /// @return these and that, which goes first
  public Compensations<C> plus(C command) {
    var more = new ArrayList<>(commands);
    more.add(command);
    return new Compensations<>(more);
  }

  /// Takes back all steps, the newest first, behind the commands that were sent before.
  ///
  /// @return effects for [ProcessManager#react]
  public List<Effect<C>> send() {
    return send(Effect.DEFAULT_LANE);
  }

  /// Takes back all steps, the newest first, behind the commands that were sent before in the same
  /// lane.
  ///
  /// @param lane its name
  /// @return effects for [ProcessManager#react]
  public List<Effect<C>> send(String lane) {
    return commands.reversed().stream().map(command -> Effect.send(lane, command)).toList();
  }

  /// Whether nothing has to be made good.
  ///
  /// @return whether there are no commands
  public boolean isEmpty() {
    return commands.isEmpty();
  }
}
