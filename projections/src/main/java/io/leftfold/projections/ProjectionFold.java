// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import io.leftfold.api.ContentType;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.ResolvedEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A fold that takes events one by one and keeps the states of its partitions at hand.
///
/// Of one thread at a time. States stay in the script's world from event to event, and become JSON
/// when they are asked for or saved. Events since the last save are remembered: when a script
/// fails, its world is made anew from the saved states and these events, so that the fold is as it
/// was before the event that failed, and goes on with the next one if it is told to. So [#save]
/// from time to time, whatever becomes of what it gives.
public final class ProjectionFold implements AutoCloseable {

  private final CompiledProjection projection;
  private final ProjectionDefinition definition;
  private final Selection selection;
  private final ScriptHost host;
  private final List<ResolvedEvent> unsaved = new ArrayList<>();
  private Script script;
  private Map<String, Integer> handlers;
  private boolean isCareful;
  private boolean isBroken;
  private final @Nullable String category;
  private final int globals;

  ProjectionFold(CompiledProjection projection, SavedStates states, boolean mayEmit) {
    this.projection = projection;
    definition = projection.definition();
    selection = Selection.of(definition);
    host = new ScriptHost(projection.limits(), states, mayEmit);
    script = projection.open(host);
    handlers = script.handlerIndexes();
    globals = script.globals();
    category =
        definition.sources() instanceof ProjectionDefinition.Sources.Category(var name)
            ? name
            : null;
  }

  /// What is folded with.
  ///
  /// @return the projection
  public CompiledProjection projection() {
    return projection;
  }

  /// Takes the next event.
  ///
  /// @param event an event that no link led to
  /// @return what it did
  /// @throws ProjectionFaultException if the script fails; the states are as before
  public FoldStep handle(RecordedEvent event) {
    return handle(ResolvedEvent.plain(event));
  }

  /// Takes the next event. What the projection does not want is left out. An event that tells of
  /// the deletion of a stream goes to `$deleted`, if there is such a handler.
  ///
  /// @param resolved the event, and the link that led to it, if one did
  /// @return what it did
  /// @throws ProjectionFaultException if the script fails; the states are as before
  public FoldStep handle(ResolvedEvent resolved) {
    return handle(resolved, null);
  }

  /// Takes the next event.
  ///
  /// @param known its partition, if the script has said it already
  FoldStep handle(ResolvedEvent resolved, @Nullable String known) {
    if (isBroken) {
      throw new IllegalStateException(
          "The fold of projection %s has failed for good; open another one from the saved states"
              .formatted(projection.source().name()));
    }
    var event = resolved.event().orElse(null);
    if (event == null) {
      return FoldStep.NOT_WANTED;
    }
    var deletion = definition.deletion(event);
    if (deletion.isPresent()) {
      return attempt(
          resolved,
          event,
          () -> {
            host.mute(true);
            try {
              script.deleted(deletion.get().stream(), deletion.get().soft());
            } finally {
              host.mute(false);
            }
            return new FoldStep(
                FoldStep.Outcome.HANDLED, deletion.get().stream(), List.of(), host.logged());
          });
    }
    if (!hasHandler(event.type()) || !selection.has(resolved, event)) {
      return FoldStep.NOT_WANTED;
    }
    if (event.contentType() == ContentType.JSON && isBlank(event.data())) {
      return FoldStep.EMPTY;
    }
    return attempt(resolved, event, () -> step(resolved, event, known));
  }

  private boolean hasHandler(String type) {
    return handlers.containsKey(type)
        || definition.types() instanceof ProjectionDefinition.EventTypes.Any;
  }

  private interface Attempt {
    FoldStep run();
  }

  private FoldStep step(ResolvedEvent resolved, RecordedEvent event, @Nullable String known) {
    var partition = known == null ? partition(resolved, event) : known;
    var outcome =
        script.step(
            new EventSource(resolved, event, category, script),
            handlers.getOrDefault(event.type(), -1),
            partition);
    return switch (outcome) {
      case HANDLED -> handled(partition == null ? script.currentKey().orElse("") : partition);
      case NO_PARTITION -> FoldStep.NO_PARTITION;
      case NOT_WANTED, EMPTY, NOT_JSON -> FoldStep.NOT_JSON;
    };
  }

  private FoldStep handled(String partition) {
    return partition.isEmpty() && host.emitted().isEmpty() && host.logged().isEmpty()
        ? FoldStep.OF_THE_ONE_STATE
        : new FoldStep(FoldStep.Outcome.HANDLED, partition, host.emitted(), host.logged());
  }

  /// The partition, if it can be told without the script.
  private @Nullable String partition(ResolvedEvent resolved, RecordedEvent event) {
    return switch (definition.partitioning()) {
      case NONE -> "";
      case STREAM -> resolved.link().isPresent() ? null : EventSource.partition(event.stream());
      case CUSTOM -> null;
    };
  }

  private static boolean isBlank(byte[] data) {
    for (var b : data) {
      if (b != ' ' && b != '\n' && b != '\r' && b != '\t') {
        return false;
      }
    }
    return true;
  }

  private FoldStep attempt(ResolvedEvent resolved, RecordedEvent event, Attempt attempt) {
    try {
      var step = attempt.run();
      switch (step.outcome()) {
        case HANDLED -> unsaved.add(resolved);
        case NOT_JSON -> undo();
        case NOT_WANTED, NO_PARTITION, EMPTY -> {
          // Nothing has changed.
        }
      }
      return step;
    } catch (Script.Failure failure) {
      if (!failure.isStopped() && script.hadBrokenData()) {
        undo();
        return FoldStep.NOT_JSON;
      }
      if (failure.ofTheCaller().isPresent()) {
        undo(failure);
        throw failure.ofTheCaller().get();
      }
      throw fault(failure, resolved, event);
    }
  }

  private ProjectionFaultException fault(
      Script.Failure failure, ResolvedEvent resolved, RecordedEvent event) {
    // Undoing it forgets them.
    var emitted = List.copyOf(host.emitted());
    var logged = List.copyOf(host.logged());
    var partition = script.currentKey().or(() -> Optional.ofNullable(partition(resolved, event)));
    undo(failure);
    var before = partition.flatMap(this::stateIfAny);
    return new ProjectionFaultException(
        projection.source().name(),
        Faults.of(
            projection.source(),
            failure,
            Optional.of(ProjectionFault.EventPlace.of(event)),
            partition,
            before,
            "execute"),
        emitted,
        logged);
  }

  private Optional<String> stateIfAny(String partition) {
    try {
      return Optional.of(script.call("stateOf", partition).asString());
    } catch (Script.Failure _) {
      return Optional.empty();
    }
  }

  private void undo(Script.Failure failure) {
    if (failure.isStopped()) {
      rebuild();
    } else {
      undo();
    }
  }

  /// Makes the states what they were before the event that failed.
  private void undo() {
    if (isCareful) {
      script.call("restore");
    } else {
      rebuild();
    }
  }

  /// Opens the script anew and lets it see again what is not saved; from then on until the next
  /// save each state is copied before an event, so that not every failure costs this.
  private void rebuild() {
    script.close();
    host.forgetSaved();
    isBroken = true;
    script = projection.open(host);
    handlers = script.handlerIndexes();
    host.mute(true);
    try {
      var again = List.copyOf(unsaved);
      for (var resolved : again) {
        var event = resolved.event().orElseThrow();
        var deletion = definition.deletion(event);
        if (deletion.isPresent()) {
          script.deleted(deletion.get().stream(), deletion.get().soft());
        } else {
          step(resolved, event, null);
        }
      }
      script.call("beCareful", true);
      isCareful = true;
      isBroken = false;
    } finally {
      host.mute(false);
    }
  }

  /// Takes back what was handled last.
  ///
  /// @param events how many of those since the last save stay
  void retreat(int events) {
    if (events < unsaved.size()) {
      unsaved.subList(events, unsaved.size()).clear();
      rebuild();
    }
  }

  /// The partition of an event.
  sealed interface Membership {
    /// Of this one, if it is handled at all.
    record Of(String partition) implements Membership {}

    /// It belongs to none.
    record None() implements Membership {}

    /// That shows when it is handled.
    record Unknown() implements Membership {}
  }

  /// Which partition an event belongs to. The script is asked if nobody else knows.
  Membership membership(ResolvedEvent resolved) {
    var event = resolved.event().orElse(null);
    if (event == null) {
      return new Membership.Of("");
    }
    var deletion = definition.deletion(event);
    if (deletion.isPresent()) {
      return new Membership.Of(deletion.get().stream());
    }
    var known = partition(resolved, event);
    if (known != null) {
      return new Membership.Of(known);
    }
    if (!hasHandler(event.type())
        || !selection.has(resolved, event)
        || (event.contentType() == ContentType.JSON && isBlank(event.data()))) {
      return new Membership.Of("");
    }
    return asked(resolved, event);
  }

  private Membership asked(ResolvedEvent resolved, RecordedEvent event) {
    try {
      var said = script.partitionOf(new EventSource(resolved, event, category, script));
      if (said.isString() && host.logged().isEmpty()) {
        return new Membership.Of(said.asString());
      }
      return said.isNull() && host.logged().isEmpty()
          ? new Membership.None()
          : new Membership.Unknown();
    } catch (Script.Failure failure) {
      if (failure.isStopped()) {
        rebuild();
      } else {
        script.hadBrokenData();
      }
      return new Membership.Unknown();
    }
  }

  /// Whether the script has made variables that all partitions see since it was opened.
  boolean hasMadeVariables() {
    return script.globals() != globals;
  }

  /// Opens the script anew from the saved states, and lets go of all that it has in its hands. Only
  /// behind a save.
  void renew() {
    isBroken = true;
    script.close();
    host.forgetSaved();
    script = projection.open(host);
    handlers = script.handlerIndexes();
    isCareful = false;
    isBroken = false;
  }

  /// Lets go of all states. Only behind a save.
  void forget() {
    script.call("forget", 0, 0);
  }

  /// The state of a partition as it is now.
  ///
  /// @param partition the partition, empty for the one state, and for the one that partitions share
  /// @return JSON, or the empty text if there is none
  /// @throws ProjectionFaultException if it has no JSON that may be saved
  public String state(String partition) {
    return definition.isShared(partition)
        ? sharedState()
        : asking(partition, () -> script.call("stateOf", partition).asString());
  }

  /// The state that all partitions share, as it is now.
  ///
  /// @return JSON
  /// @throws ProjectionFaultException if it has no JSON that may be saved
  public String sharedState() {
    return asking("", () -> script.call("sharedState").asString());
  }

  /// What becomes of the state of a partition by `transformBy` and `filterBy`.
  ///
  /// @param partition the partition, empty for the one state
  /// @return JSON, or the empty text if there is no state or it is filtered away
  /// @throws ProjectionFaultException if one of them fails
  public String result(String partition) {
    return asking(partition, () -> script.call("result", partition).asString());
  }

  private interface Question {
    String ask();
  }

  private String asking(String partition, Question question) {
    try {
      return question.ask();
    } catch (Script.Failure failure) {
      throw faultOfStates(failure, Optional.of(partition), "give a state");
    }
  }

  private RuntimeException faultOfStates(
      Script.Failure failure, Optional<String> partition, String work) {
    if (failure.isStopped()) {
      rebuild();
    } else {
      script.hadBrokenData();
    }
    return failure
        .ofTheCaller()
        .orElseGet(() ->
            new ProjectionFaultException(
                projection.source().name(),
                Faults.of(
                    projection.source(),
                    failure,
                    Optional.empty(),
                    partition,
                    Optional.empty(),
                    work)));
  }

  /// How many events were handled since the last save.
  ///
  /// @return the number
  public int unsavedEvents() {
    return unsaved.size();
  }

  /// Gives the states that have changed since the last time. From now on [SavedStates] is to answer
  /// with them, and they are what a failure goes back to.
  ///
  /// @return the changes
  /// @throws ProjectionFaultException if a state has no JSON that may be saved; nothing is saved
  ///   then
  public StateChanges save() {
    return save(1);
  }

  /// Does the same as one of several folds that may keep as many states together as one.
  ///
  /// @param folds how many there are
  StateChanges save(int folds) {
    try {
      script.call("save");
    } catch (Script.Failure failure) {
      host.forgetSaved();
      throw faultOfStates(failure, script.currentKey(), "save its states");
    }
    unsaved.clear();
    if (isCareful) {
      script.call("beCareful", false);
      isCareful = false;
    }
    var limits = projection.limits();
    script.call("forget", limits.partitionsKept() / folds, limits.stateCharsKept() / folds);
    return host.takeSaved();
  }

  /// Ends the script.
  @Override
  public void close() {
    script.close();
  }
}
