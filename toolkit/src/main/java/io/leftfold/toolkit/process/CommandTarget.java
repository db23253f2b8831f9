// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit.process;

import io.leftfold.toolkit.CommandHandler;
import io.leftfold.toolkit.CommandId;
import io.leftfold.toolkit.Outcome;
import java.util.function.Function;

/// Where the commands of a process go: to deciders in the store, to a service somewhere, to several
/// by a `switch`.
///
/// A command comes again, with the same id, until its outcome could be recorded. A command handler
/// ([#of]) knows the id, so there it happens once. To somebody outside the id is given as the
/// idempotency key:
///
/// ```java
/// CommandTarget<PaymentCommand> bank =
///     (id, command) -> {
///       var response = http.send(request(command).header("Idempotency-Key", id.value()).build(), ofString());
///       return switch (response.statusCode()) {
///         case 200, 201 -> new Settlement.Accepted(response.body());
///         case 409, 422 -> new Settlement.Rejected(response.body());
///         default -> throw new IOException("The bank answered " + response.statusCode());
///       };
///     };
/// ```
///
/// @param <C> the commands
@FunctionalInterface
public interface CommandTarget<C> {

  /// Does what is wanted. Called by several threads at once, for commands of different lanes.
  ///
  /// Comes back within a time, by throwing if nothing else: whoever calls others gives them a time
  /// limit (`HttpRequest.Builder.timeout`, not the connection's alone). No thread is interrupted
  /// for it, as it may be in the files of a store. If [ProcessOptions#deliveriesMax()] calls hang,
  /// no instance gets any further.
  ///
  /// @param id the same each time that the command comes, and no other command's
  /// @param command what is wanted
  /// @return that it was done, or why not
  /// @throws Exception if that cannot be said now; it is tried again later
  Settlement handle(CommandId id, C command) throws Exception;

  /// A command handler of a store.
  ///
  /// @param handler decides the commands
  /// @param reasons says in a text why a command was rejected
  /// @param <C> the commands
  /// @param <R> why a command is rejected
  /// @return the target
  static <C, R> CommandTarget<C> of(
      CommandHandler<C, ?, ?, R> handler, Function<? super R, String> reasons) {
    return (id, command) -> settlement(handler.handle(id, command), reasons);
  }

  private static <R> Settlement settlement(
      Outcome<?, R> outcome, Function<? super R, String> reasons) {
    return switch (outcome) {
      case Outcome.Accepted<?, R>(var position, _, _) ->
          new Settlement.Accepted(Long.toString(position));
      case Outcome.Rejected<?, R>(var why) -> new Settlement.Rejected(reasons.apply(why));
    };
  }
}
