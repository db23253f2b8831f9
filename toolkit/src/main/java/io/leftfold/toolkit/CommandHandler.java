// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit;

import io.leftfold.api.AppendResult;
import io.leftfold.api.AsOf;
import io.leftfold.api.Commit;
import io.leftfold.api.ConditionFailedException;
import io.leftfold.api.EventStore;
import io.leftfold.api.LeftfoldException;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.ResolvedEvent;
import io.leftfold.api.StreamAppend;
import io.leftfold.api.StreamName;
import io.leftfold.api.UnavailableException;
import io.leftfold.api.WrongExpectedStateException;
import io.leftfold.toolkit.keys.Subject;
import io.leftfold.toolkit.keys.SubjectErasedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Runs a [Decider] on a store: folds what the command's boundary holds, decides, and appends if
/// nothing was added to the boundary meanwhile. Otherwise it begins again, so many times.
///
/// ```java
/// var accounts =
///     CommandHandler.of(
///         store,
///         ACCOUNTS,
///         EVENTS,
///         command -> Boundary.stream(StreamName.of("account-" + command.account())));
///
/// switch (accounts.handle(CommandId.of(request.id()), new Withdraw("7", 80))) {
///   case Accepted(var position, var events, _) -> …
///   case Rejected(var why) -> …
/// }
/// ```
///
/// All events of a decision become visible together or not at all. May be used by any number of
/// threads; holds nothing but what it was made of, and states if it is to
/// ([HandlingOptions#rememberedStatesMax()]), and does not close the store.
///
/// **Giving a command again.** A command with an id happens once: given again, it is answered as
/// when it was accepted, whoever gives it, whatever has happened since, for as long as its events
/// are in the store. So whoever got no answer (the process died, or
/// [io.leftfold.api.UnavailableException.Reason#UNREACHABLE]) gives it again with the same id. What
/// wrote nothing, a rejection too, is nowhere recorded, and is decided anew. A command without an
/// id is a new one each time.
///
/// @param <C> the commands
/// @param <S> the state
/// @param <E> the events
/// @param <R> why a command is rejected
public final class CommandHandler<C, S, E, R> {

  private static final Marking UNMARKED = new Marking.ByNothing();

  private final EventStore store;
  private final Decider<C, S, E, R> decider;
  private final EventCodec<E> codec;
  private final Function<? super C, Boundary<E>> boundaries;
  private final HandlingOptions options;
  private final @Nullable Snapshots<S> snapshots;
  private final @Nullable CommandLog<C, R> log;
  private final BoundaryFold<S, E> fold;

  private CommandHandler(
      EventStore store,
      Decider<C, S, E, R> decider,
      EventCodec<E> codec,
      Function<? super C, Boundary<E>> boundaries,
      HandlingOptions options,
      @Nullable Snapshots<S> snapshots,
      @Nullable CommandLog<C, R> log) {
    this.store = store;
    this.decider = decider;
    this.codec = codec;
    this.boundaries = boundaries;
    this.options = options;
    this.snapshots = snapshots;
    this.log = log;
    this.fold = new BoundaryFold<>(store, decider, codec, options, snapshots);
  }

  /// A handler with default options.
  ///
  /// @param store where events are
  /// @param decider what commands do
  /// @param codec how events are stored
  /// @param boundaries what a command's decision rests on
  /// @param <C> the commands
  /// @param <S> the state
  /// @param <E> the events
  /// @param <R> why a command is rejected
  /// @return the handler
  public static <C, S, E, R> CommandHandler<C, S, E, R> of(
      EventStore store,
      Decider<C, S, E, R> decider,
      EventCodec<E> codec,
      Function<? super C, Boundary<E>> boundaries) {
    return new CommandHandler<>(
        store, decider, codec, boundaries, HandlingOptions.defaults(), null, null);
  }

  /// The same with other options.
  ///
  /// @param other how commands are handled
  /// @return the new handler
  public CommandHandler<C, S, E, R> with(HandlingOptions other) {
    return new CommandHandler<>(store, decider, codec, boundaries, other, snapshots, log);
  }

  /// The same with states that are kept in the store.
  ///
  /// @param kept how, and how often
  /// @return the new handler
  public CommandHandler<C, S, E, R> with(Snapshots<S> kept) {
    return new CommandHandler<>(store, decider, codec, boundaries, options, kept, log);
  }

  /// The same with commands that are recorded.
  ///
  /// @param recorded where, and how they are written
  /// @return the new handler
  public CommandHandler<C, S, E, R> with(CommandLog<C, R> recorded) {
    return new CommandHandler<>(store, decider, codec, boundaries, options, snapshots, recorded);
  }

  /// Handles a command that is given once, and not again if nobody answers.
  ///
  /// @param command what is wanted
  /// @return what became of it
  /// @throws TooManyConflictsException if others were quicker each time
  /// @throws UnreadableEventException if the boundary holds an event that cannot be understood
  /// @throws SubjectErasedException if personal data was decided of a subject that is erased
  /// @throws LeftfoldException what the store throws, but for conflicts
  public Outcome<E, R> handle(C command) {
    return handleMarked(command, UNMARKED);
  }

  /// Handles a command that happens once, however often it is given.
  ///
  /// @param id the same each time that the command is given, and no other command's
  /// @param command what is wanted
  /// @return what became of it, the first time if that was before
  /// @throws TooManyConflictsException if others were quicker each time
  /// @throws UnreadableEventException if the boundary holds an event that cannot be understood
  /// @throws SubjectErasedException if personal data was decided of a subject that is erased
  /// @throws LeftfoldException what the store throws, but for conflicts
  public Outcome<E, R> handle(CommandId id, C command) {
    return handleMarked(command, new Marking.ById(id));
  }

  /// What the events of a boundary amount to now.
  ///
  /// @param boundary which events
  /// @return the state
  public S state(Boundary<E> boundary) {
    return fold.of(boundary).state();
  }

  /// What the events of a boundary amounted to at an earlier moment. As of the position of the
  /// first event of a decision it is the state that was decided by. It is folded from the snapshot
  /// that is kept of the boundary, if that is not of a later moment, and otherwise from the first
  /// event.
  ///
  /// @param boundary which events
  /// @param moment of the store
  /// @return the state
  public S stateAsOf(Boundary<E> boundary, AsOf moment) {
    return fold.stateAsOf(boundary, moment);
  }

  /// Makes a decision of the past again, by the state of then: so that somebody sees, in a debugger
  /// or in a test, why it was made, or whether today's decider would make another. Writes nothing.
  ///
  /// @param logged the command and what became of it
  /// @return the state and the decision
  /// @throws UnreadableEventException if the boundary holds an event that cannot be understood
  public ReplayedDecision<S, E, R> replay(LoggedCommand<? extends C> logged) {
    var moment = new AsOf.Position(logged.restsOn());
    var state = fold.stateAsOf(boundaries.apply(logged.command()), moment);
    var decision = decider.decide(logged.command(), state);
    var recorded = eventsOf(logged);
    var lost = logged.accepted().orElse(0) - recorded.size();
    return new ReplayedDecision<>(
        state, decision, lost == 0 && isAsRecorded(decision, logged, recorded), lost);
  }

  /// Forgets what it derived from events of a subject ([Erasure#purging]): all states that are
  /// remembered in memory, the snapshots of the streams, and those of all boundaries that are
  /// queries, for nobody knows what these have met; nothing rests on one. A handler of the same
  /// kind in another process has its own memory, and is purged there. What snapshots say in the
  /// clear is in the files of the store until it is scavenged; those that are sealed
  /// ([JsonBinding#sealing]) have no need to be purged at all.
  ///
  /// @param subject whose key is destroyed
  /// @param streams that hold events with personal data of the subject
  /// @return the streams of snapshots that were deleted
  public List<String> purge(Subject subject, Set<StreamName> streams) {
    return fold.purge(streams).stream().map(StreamName::value).toList();
  }

  private boolean isAsRecorded(
      Decision<E, R> decision, LoggedCommand<? extends C> logged, List<RecordedEvent> recorded) {
    return switch (decision) {
      case Decision.Accept<E, R>(var events) ->
          logged.accepted().isPresent()
              && events.equals(
                  recorded.stream().flatMap(event -> fold.meaning(event).stream()).toList());
      case Decision.Reject<E, R>(var why) ->
          log != null
              && logged
                  .rejected()
                  .equals(Optional.of(Recording.json(log.writeRejection(), why).toString()));
    };
  }

  /// They were written in one commit with the record, right behind it. Those that were scavenged
  /// since are missing.
  private List<RecordedEvent> eventsOf(LoggedCommand<? extends C> logged) {
    var count = logged.accepted().orElse(0);
    if (count == 0) {
      return List.of();
    }
    var options = ReadOptions.forwards().from(logged.position() + 1).limit(count);
    try (var events = store.readAll(options)) {
      return events.stream()
          .map(ResolvedEvent::original)
          .filter(event -> event.position() <= logged.position() + count)
          .toList();
    }
  }

  private Outcome<E, R> handleMarked(C command, Marking marking) {
    var watch = options.observer().begins(new WorkObserver.Work.Handling(command));
    try {
      var traced =
          watch.trace().<Marking>map(trace -> new Marking.Traced(marking, trace)).orElse(marking);
      var outcome = handleWatched(command, traced, watch);
      watch.ended(ending(outcome));
      return outcome;
    } catch (Throwable e) {
      watch.ended(new WorkObserver.Ending.Failed(e));
      throw e;
    }
  }

  private static WorkObserver.Ending ending(Outcome<?, ?> outcome) {
    return switch (outcome) {
      case Outcome.Accepted<?, ?>(_, _, var repeated) when repeated ->
          new WorkObserver.Ending.Repeated();
      case Outcome.Accepted<?, ?> _ -> new WorkObserver.Ending.Accepted();
      case Outcome.Rejected<?, ?> _ -> new WorkObserver.Ending.Rejected();
    };
  }

  private Outcome<E, R> handleWatched(C command, Marking marking, WorkObserver.Watch watch) {
    var boundary = boundaries.apply(command);
    for (var attempts = 1; ; attempts++) {
      try {
        return attempt(command, boundary, marking);
      } catch (WrongExpectedStateException | ConditionFailedException conflict) {
        watch.conflicted(attempts);
        var earlier = earlier(marking);
        if (earlier.isPresent()) {
          return earlier.get();
        }
        if (attempts == options.attemptsMax() || !paused(attempts)) {
          throw new TooManyConflictsException(boundary, attempts, conflict);
        }
      }
    }
  }

  private boolean paused(int attempts) {
    try {
      options.pauses().pause(attempts);
      return true;
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private Outcome<E, R> attempt(C command, Boundary<E> boundary, Marking marking) {
    var grounds = fold.of(boundary);
    var outcome = outcome(command, grounds, boundary, marking);
    fold.keep(boundary, grounds);
    return outcome;
  }

  private Outcome<E, R> outcome(
      C command, Grounds<S> grounds, Boundary<E> boundary, Marking marking) {
    var recording = recording(command, grounds, marking);
    return switch (decider.decide(command, grounds.state())) {
      case Decision.Reject<E, R>(var why) ->
          earlier(marking)
              .orElseGet(() -> {
                recording.ifPresent(record -> store.append(List.of(record.rejected(why))));
                return new Outcome.Rejected<>(why);
              });
      case Decision.Accept<E, R>(var events) when events.isEmpty() ->
          earlier(marking)
              .orElseGet(() -> {
                recording.ifPresent(record -> store.append(List.of(record.accepted(0))));
                return new Outcome.Accepted<>(grounds.lastPosition(), events, false);
              });
      case Decision.Accept<E, R>(var events) ->
          append(events, grounds, boundary, marking, recording);
    };
  }

  private Optional<Recording<C, R>> recording(C command, Grounds<S> grounds, Marking marking) {
    return log == null
        ? Optional.empty()
        : Optional.of(
            new Recording<>(log, command, marking.commandId(), grounds.lastPosition() + 1));
  }

  private Outcome<E, R> append(
      List<E> events,
      Grounds<S> grounds,
      Boundary<E> boundary,
      Marking marking,
      Optional<Recording<C, R>> recording) {
    requireNoneBehindTheEnd(grounds.state(), events);
    Commit commit;
    try {
      commit = commit(events, grounds, boundary, marking, recording);
    } catch (SubjectErasedException erased) {
      // What was accepted before the erasure stays accepted.
      return earlier(marking).orElseThrow(() -> erased);
    }
    var result = append(commit, marking);
    var accepted =
        new Outcome.Accepted<E, R>(result.position().orElseThrow(), events, result.idempotent());
    // Whoever was quicker with the same command may have decided otherwise.
    return result.idempotent() ? earlier(marking).orElse(accepted) : accepted;
  }

  private AppendResult append(Commit commit, Marking marking) {
    try {
      return store.append(commit);
    } catch (UnavailableException e) {
      throw e.reason() == UnavailableException.Reason.UNREACHABLE ? unanswered(e, marking) : e;
    }
  }

  /// The store gives advice about events, of which who gave the command knows nothing.
  private static UnavailableException unanswered(UnavailableException failure, Marking marking) {
    var id = marking.commandId();
    return new UnavailableException(
        failure.reason(),
        id == null
            ? "A command may have been accepted all the same, and nobody can tell, for it was given"
                + " without an id; look at the state before it is given again"
            : "Command %s may have been accepted all the same; give it again with the same id, and the first outcome is answered"
                .formatted(id),
        failure);
  }

  private void requireNoneBehindTheEnd(S before, List<E> events) {
    var state = before;
    for (var event : events) {
      if (decider.isTerminal(state)) {
        throw new IllegalStateException(
            "Nothing happens behind the end, but %s was decided on the terminal state %s; reject the command"
                .formatted(event, state));
      }
      state = decider.evolve(state, event);
    }
  }

  /// One part for each run of events of the same stream, so that they keep their order.
  private Commit commit(
      List<E> events,
      Grounds<S> grounds,
      Boundary<E> boundary,
      Marking marking,
      Optional<Recording<C, R>> recording) {
    var parts = new ArrayList<StreamAppend>();
    recording.ifPresent(record -> parts.add(record.accepted(events.size())));
    var run = new ArrayList<ProposedEvent>();
    for (var i = 0; i < events.size(); i++) {
      var stream = boundary.home(events.get(i));
      var event = marking.mark(codec.encode(events.get(i)), i);
      run.add(recording.map(record -> record.caused(event)).orElse(event));
      if (i + 1 == events.size() || !boundary.home(events.get(i + 1)).equals(stream)) {
        parts.add(new StreamAppend(stream, grounds.expected(), run));
        run.clear();
      }
    }
    var conditions = new ArrayList<>(grounds.conditions());
    conditions.addAll(marking.conditions());
    return new Commit(parts, conditions, Optional.empty());
  }

  /// What became of the command when it was given before, if it wrote something.
  private Optional<Outcome<E, R>> earlier(Marking marking) {
    var recorded = marking.recorded(store);
    if (recorded.isEmpty()) {
      return Optional.empty();
    }
    var events = recorded.stream().flatMap(event -> fold.meaning(event).stream()).toList();
    return Optional.of(new Outcome.Accepted<>(recorded.getLast().position(), events, true));
  }
}
