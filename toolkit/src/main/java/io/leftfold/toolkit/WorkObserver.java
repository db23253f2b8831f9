// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit;

import java.util.Optional;

/// Looks on while commands are handled and delivered: for metrics and traces, which the toolkit
/// knows nothing of. Called by any number of threads.
///
/// Options take one ([HandlingOptions#observedBy],
/// [io.leftfold.toolkit.process.ProcessOptions#observedBy]). What it throws is logged, and changes
/// nothing: what was done is done. But whoever looks on is waited for.
@FunctionalInterface
public interface WorkObserver {

  /// Something begins.
  ///
  /// @param work what
  /// @return is told how it goes on, in the same thread
  Watch begins(Work work);

  /// What is done.
  sealed interface Work {

    /// The command.
    ///
    /// @return as the application gave it
    Object command();

    /// A [CommandHandler] handles a command: all attempts to decide it.
    ///
    /// @param command what is wanted
    record Handling(Object command) implements Work {}

    /// A process gives a command to its target, once.
    ///
    /// @param process its name
    /// @param instance its name
    /// @param id the same each time that the command comes
    /// @param attempt how often this process has tried by now, from 1
    /// @param command what is wanted
    /// @param trace the span in which that was appended which led to the command
    record Delivering(
        String process,
        String instance,
        CommandId id,
        int attempt,
        Object command,
        Optional<TraceContext> trace)
        implements Work {}
  }

  /// How work ends.
  sealed interface Ending {
    /// The command was accepted.
    record Accepted() implements Ending {}

    /// The command was given before, and accepted then.
    record Repeated() implements Ending {}

    /// The command was rejected.
    record Rejected() implements Ending {}

    /// Nobody knows, or others were quicker each time.
    ///
    /// @param failure what was thrown
    record Failed(Throwable failure) implements Ending {}
  }

  /// Looks on at one piece of work.
  @FunctionalInterface
  interface Watch {

    /// The span that events of this work are to name ([TraceContext#carriedBy]).
    ///
    /// @return asked once, when work begins; empty for none
    default Optional<TraceContext> trace() {
      return Optional.empty();
    }

    /// Others were quicker. Either it is tried again, or it ends.
    ///
    /// @param attempt which, from 1
    default void conflicted(int attempt) {}

    /// It is over.
    ///
    /// @param ending how
    void ended(Ending ending);
  }

  /// Nobody looks on.
  ///
  /// @return does nothing
  static WorkObserver none() {
    return _ -> _ -> {};
  }

  /// Two look on. The other one begins later and ends earlier; the span that events name is that of
  /// the first that has one.
  ///
  /// @param other which
  /// @return both, of which neither throws anything
  default WorkObserver and(WorkObserver other) {
    return new GuardedObserver(this, other);
  }
}
