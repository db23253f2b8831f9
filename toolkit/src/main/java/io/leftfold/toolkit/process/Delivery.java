// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit.process;

import io.leftfold.api.EventStore;
import io.leftfold.api.LimitExceededException;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.StreamTombstonedException;
import io.leftfold.api.UnavailableException;
import io.leftfold.api.WrongExpectedStateException;
import io.leftfold.toolkit.TraceContext;
import io.leftfold.toolkit.WorkObserver;
import io.leftfold.toolkit.keys.KeysUnavailableException;
import io.leftfold.toolkit.process.Agenda.Open;
import io.leftfold.toolkit.process.Instance.Issue;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Gives one command to its target and records what became of it, in the same commit with what the
/// instance makes of that. And what else is one commit on one instance.
///
/// Holds nothing; may be used by any number of threads.
final class Delivery<E, S, C> {

  private final EventStore store;
  private final ProcessDefinition<E, S, C> definition;
  private final Instances<E, S, C> instances;
  private final Reactions<E, S, C> reactions;
  private final CommandTarget<C> target;
  private final ProcessOptions options;
  private final Clock clock;
  private final Notices notices;

  Delivery(
      EventStore store,
      ProcessDefinition<E, S, C> definition,
      Instances<E, S, C> instances,
      Reactions<E, S, C> reactions,
      CommandTarget<C> target,
      ProcessOptions options,
      Clock clock,
      Notices notices) {
    this.store = store;
    this.definition = definition;
    this.instances = instances;
    this.reactions = reactions;
    this.target = target;
    this.options = options;
    this.clock = clock;
    this.notices = notices;
  }

  /// How far it got.
  sealed interface Progress {
    /// The command is settled, by whomever.
    record Done() implements Progress {}

    /// To be tried again, not before a time.
    record Again(Attempts attempts, Instant until) implements Progress {}
  }

  /// Tries once.
  Progress attempt(Open command, Attempts before) {
    var attempts = before;
    try {
      if (attempts.outcome().isEmpty()) {
        var instance = instances.of(command.instance());
        var issue = issue(instance, command);
        instances.giveBack(instance);
        if (issue.isEmpty()) {
          return new Progress.Done();
        }
        attempts = attempts.plusOne(clock.instant());
        attempts = attempts.with(asked(issue.get(), command.instance(), attempts.count()));
      }
    } catch (KeysUnavailableException _) {
      // Nobody's fault, and over some time; as if it had not been tried.
      return new Progress.Again(before, clock.instant().plus(options.retries().pause(1)));
    } catch (Exception | Error e) {
      Faults.requireOfTheApplication(e);
      if (e instanceof InterruptedException) {
        Thread.currentThread().interrupt();
      }
      var failed = attempts;
      var until = clock.instant().plus(options.retries().pause(Math.max(1, failed.count())));
      if (failed.count() == 0 || !until.isAfter(failed.begun().plus(options.retries().within()))) {
        return new Progress.Again(failed, until);
      }
      attempts = failed.with(new Settlement.Failed(failed.count(), EntryFormat.cause(e)));
    }
    return settle(command, attempts);
  }

  private Settlement asked(Issue issue, String instance, int attempt) throws Exception {
    var command = Instance.known(definition.commands(), issue.command()).getFirst();
    var watch =
        options
            .observer()
            .begins(
                new WorkObserver.Work.Delivering(
                    definition.name(),
                    instance,
                    issue.id(),
                    attempt,
                    command,
                    TraceContext.of(issue.command())));
    try {
      var outcome = target.handle(issue.id(), command);
      watch.ended(ending(outcome));
      notices.answered(issue);
      return outcome;
    } catch (Throwable e) {
      watch.ended(new WorkObserver.Ending.Failed(e));
      notices.triedInVain(instance, issue, attempt, e);
      throw e;
    }
  }

  private static WorkObserver.Ending ending(Settlement outcome) {
    return switch (outcome) {
      case Settlement.Accepted _ -> new WorkObserver.Ending.Accepted();
      case Settlement.Rejected _ -> new WorkObserver.Ending.Rejected();
      case Settlement.Failed(_, var error) ->
          new WorkObserver.Ending.Failed(new IllegalStateException(error));
    };
  }

  private Progress settle(Open command, Attempts attempts) {
    var outcome = attempts.outcome().orElseThrow();
    try {
      var _ =
          change(
              command.instance(),
              (instance, objection) ->
                  issue(instance, command)
                      .map(issue -> reactions.toSettlement(instance, issue, outcome, objection))
                      .orElse(List.of()));
      return new Progress.Done();
    } catch (UnavailableException | KeysUnavailableException _) {
      // The target is not asked again: its answer is known.
      return new Progress.Again(attempts, clock.instant().plus(options.retries().pause(1)));
    } catch (LimitExceededException e) {
      if (outcome instanceof Settlement.Failed) {
        throw e;
      }
      // The target has answered, but the store does not take the answer.
      var failed = new Settlement.Failed(attempts.count(), EntryFormat.cause(e));
      return settle(command, attempts.with(failed));
    }
  }

  /// A command that failed, was settled so, and is open again has the same id; what its target said
  /// before is not its outcome.
  private static Optional<Issue> issue(Instance<?, ?, ?> instance, Open command) {
    return Optional.ofNullable(instance.open().get(command.id()))
        .filter(issue -> issue.opened() == command.opened());
  }

  /// What is to be recorded of an instance.
  interface Change<E, S, C> {
    /// Decides on an instance as it is now.
    ///
    /// @param objection why the instance has to be parked instead
    /// @return the entries; none, if there is nothing left to do
    List<ProposedEvent> entries(Instance<E, S, C> instance, Optional<String> objection);
  }

  /// Appends to one instance what follows from it as it is now.
  ///
  /// @return whether something was recorded
  boolean change(String name, Change<E, S, C> change) {
    Optional<String> objection = Optional.empty();
    while (true) {
      var instance = instances.of(name);
      var entries = change.entries(instance, objection);
      var expected = instance.expected();
      instances.giveBack(instance);
      if (entries.isEmpty()) {
        return false;
      }
      try {
        var _ = store.append(definition.stream(name), expected, entries);
        notices.recorded(name, entries);
        return true;
      } catch (WrongExpectedStateException _) {
        // Something else came first: with the instance as it is now.
      } catch (StreamTombstonedException _) {
        return false;
      } catch (LimitExceededException e) {
        if (objection.isPresent()) {
          throw e;
        }
        objection = Optional.of(EntryFormat.cause(e));
      }
    }
  }
}
