// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import io.leftfold.api.AsOf;
import io.leftfold.api.ListOptions;
import io.leftfold.projections.storage.DefinitionRecord;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What is known of one projection at a moment, for whoever asks: from its run, from what its last
/// run left, or from the log. Changes nothing.
///
/// @param run what runs, if anything does
/// @param memory the states, if they are not stored
/// @param lastFigures how the last run was when it ended
record Answers(
    ProjectionHost host,
    Registry registry,
    Registry.Entry entry,
    DefinitionRecord definition,
    @Nullable RunningProjection run,
    @Nullable MemoryStates memory,
    Optional<RunFigures> lastFigures) {

  ProjectionQuery query() {
    var script = script();
    return new ProjectionQuery(
        entry.name(),
        definition.query(),
        Runs.mode(definition),
        Configurations.config(definition),
        Runs.isStored(definition),
        script.map(CompiledProjection::definition),
        resultStream(script),
        definition.version(),
        definition.runAs().name(),
        definition.properties());
  }

  private Optional<CompiledProjection> script() {
    return host.known(entry.name(), definition).script();
  }

  private CompiledProjection compiled() {
    return host.known(entry.name(), definition).orThrow(entry.name());
  }

  private String resultStream(Optional<CompiledProjection> script) {
    return script
        .flatMap(compiled -> compiled.definition().results().stream())
        .orElseGet(() -> entry.streams().result().value());
  }

  PartitionState state(String partition) {
    return ask(partition, fold -> fold.state(partition), () -> stored(partition).orElse(""));
  }

  private Optional<String> stored(String partition) {
    var isShared =
        partition.isEmpty()
            && script().filter(compiled -> compiled.definition().isShared(partition)).isPresent();
    return isShared
        ? stored().shared()
        : stored().partition(partition).map(StateStore.Stored::text);
  }

  PartitionState result(String partition) {
    return ask(
        partition,
        fold -> fold.result(partition),
        () -> {
          var script = compiled();
          return host.byWorker(() -> storedResult(script, partition));
        });
  }

  private String storedResult(CompiledProjection script, String partition) {
    var states = new StateCache(stored(), host.options().stateBytesMax());
    try (var fold = script.fold(states)) {
      return fold.result(partition);
    }
  }

  private PartitionState ask(
      String partition, Function<Fold, String> running, Supplier<String> otherwise) {
    return Optional.ofNullable(run)
        .flatMap(begun ->
            begun.asked(core ->
                core.ask(partition, running)
                    .map(json -> new PartitionState(json, core.position()))))
        .flatMap(answered -> answered)
        .orElseGet(() -> new PartitionState(otherwise.get(), position()));
  }

  private StateStore stored() {
    return memory != null
        ? memory
        : new StoredStates(host.store(), entry.streams(), definition.epoch(), AsOf.now());
  }

  /// How its run is, or was when it ended.
  Optional<RunFigures> figures() {
    return run == null ? lastFigures : run.figures();
  }

  private long position() {
    return figures()
        .map(RunFigures::position)
        .orElseGet(() -> checkpoint().checkpoint().position());
  }

  /// The last one that was written for the current version.
  Registry.Current checkpoint() {
    return registry.checkpoint(entry.streams(), definition.epoch());
  }

  List<ParkedEvent> parked(long from, int limit) {
    return ParkedStream.now(host.store(), entry.streams(), definition.epoch())
        .page(from, limit)
        .stream()
        .map(said ->
            new ParkedEvent(
                said.position(),
                said.stream(),
                said.revision(),
                said.eventType(),
                said.partition(),
                said.wholePartition(),
                said.error(),
                said.stateBefore()))
        .toList();
  }

  List<String> partitions(String after, int limit) {
    if (memory != null) {
      return memory.names(after, limit);
    }
    var prefix = entry.streams().partitionStates(definition.epoch());
    var options = ListOptions.all().withPrefix(prefix).limit(limit);
    return host.store().streams(after.isEmpty() ? options : options.after(prefix + after)).stream()
        .map(summary -> summary.name().value().substring(prefix.length()))
        .toList();
  }

  ProjectionStatistics statistics(
      ProjectionState state,
      String reason,
      boolean wasStarted,
      long faults,
      @Nullable Building building) {
    return new StatisticsOf(
            host, entry.name(), Runs.mode(definition), definition, resultStream(Optional.empty()))
        .now(
            state, reason, wasStarted, faults, figures(), run, registry, entry.streams(), building);
  }

  /// A fold of what was at another moment.
  PastFold past(FoldProgress progress) {
    return new PastFold(
        host,
        entry,
        definition.epoch(),
        compiled(),
        FailurePolicy.of(definition.policy()),
        progress);
  }

  ProjectionDebugger debug(DebugStart start, FoldProgress progress) {
    var script = compiled();
    var kept = kept(start);
    var debugger =
        new ProjectionDebugger(
            host,
            script,
            RunIdentity.own(script.definition(), entry.streams(), entry.seed()),
            kept.<StateStore>map(states -> states).orElse(StateStore.NONE),
            kept.map(KeptStates::position).orElse(-1L));
    return start instanceof DebugStart.Position(var position)
        ? debugger.at(position, progress)
        : debugger;
  }

  /// The states that a debugger may begin with: they are as they were, whatever the run does.
  private Optional<KeptStates> kept(DebugStart start) {
    return switch (start) {
      case DebugStart.Zero() -> Optional.empty();
      case DebugStart.Checkpoint() -> keptBefore(Long.MAX_VALUE);
      case DebugStart.Position(var position) ->
          // A debugger goes on behind an event that fails, and so knows no partitions that stand
          // still.
          FailurePolicy.of(definition.policy()) == FailurePolicy.PARK_PARTITION
              ? Optional.empty()
              : keptBefore(position).filter(states -> !states.isMixed());
    };
  }

  private Optional<KeptStates> keptBefore(long end) {
    return KeptStates.before(host.store(), entry.streams(), definition.epoch(), end);
  }
}
