// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit.process;

import java.util.List;

/// A process across things and over time: the dual of a [io.leftfold.toolkit.Decider]. That makes
/// events of commands; this makes commands of events.
///
/// ```java
/// final class Delivery implements ProcessManager<ShopEvent, Order, ShopCommand> {
///
///   public Correlation correlate(ShopEvent event) {
///     return switch (event) {
///       case Placed(var order) -> Correlation.start(order);
///       case Paid(var order) -> Correlation.continued(order);
///     };
///   }
///
///   public Order evolve(Order order, Input<ShopEvent, ShopCommand> input) {
///     return switch (input) {
///       case Occurred(Placed(var id), _) -> order.placed(id);
///       case Occurred(Paid _, _) -> order.paid();
///       case Fired _ -> order.late();
///       case Settled(_, Ship _, Settlement.Accepted _) -> order.shipped();
///       case Settled _ -> order;
///     };
///   }
///
///   public List<Effect<ShopCommand>> react(Order order, Input<ShopEvent, ShopCommand> input) {
///     return switch (input) {
///       case Occurred(Placed _, _) -> List.of(Effect.startTimer("payment", Duration.ofDays(14)));
///       case Occurred(Paid _, _) when order.isOpen() ->
///           List.of(Effect.cancelTimer("payment"), Effect.send(new Ship(order.id())));
///       case Fired _ when order.isOpen() -> List.of(Effect.send(new Cancel(order.id())));
///       case Settled(_, var command, Settlement.Failed(_, var error)) ->
///           throw new IllegalStateException(command + ": " + error); // an operator is to look
///       default -> List.of();
///     };
///   }
/// }
/// ```
///
/// The functions only look at what they are given and change nothing. When an instance is read
/// again, its inputs are folded by `evolve` alone; `react` is called once for each input, when that
/// comes, with the state after it. (It is called again if its effects could not be recorded: others
/// were quicker, or the process died.) Whatever one of them throws, an error as well, parks the
/// instance, and no other one, until an operator resumes it or skips the input. Only errors of the
/// virtual machine but an overflow of the stack, such as that memory is short, end the process
/// instead: nobody knows whose fault they are, and whether what runs is still right.
///
/// @param <E> the events that are followed
/// @param <S> the state of an instance, which is never changed, only replaced
/// @param <C> the commands
public interface ProcessManager<E, S, C> {

  /// Which instances an event concerns. Must not throw: nobody would know which instance to park,
  /// so the event is set aside.
  ///
  /// @param event what happened
  /// @return the instances, each with what is to be if there is none, or one already
  Correlation correlate(E event);

  /// The state of an instance before its first input.
  ///
  /// @return the state
  S initialState();

  /// What an input makes of the state: all that is called when an instance is read again.
  ///
  /// @param state before the input
  /// @param input what came
  /// @return the state after it
  S evolve(S state, Input<E, C> input);

  /// What is to be done because of an input. Never called for what was handled before.
  ///
  /// @param state after the input
  /// @param input what came
  /// @return the effects, in order
  List<Effect<C>> react(S state, Input<E, C> input);

  /// Whether an instance is at its end: its timers are cancelled, and what else comes for it means
  /// nothing any more. Commands that it has sent are still given to their targets.
  ///
  /// @param state the state
  /// @return whether it is the last; by default never
  default boolean isTerminal(S state) {
    return false;
  }
}
