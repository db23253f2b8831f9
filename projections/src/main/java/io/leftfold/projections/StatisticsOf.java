// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import io.leftfold.api.EventFilter;
import io.leftfold.api.LeftfoldException;
import io.leftfold.api.ResolvedEvent;
import io.leftfold.projections.reading.Cursor;
import io.leftfold.projections.reading.Question;
import io.leftfold.projections.storage.DefinitionRecord;
import io.leftfold.projections.storage.ProjectionStreams;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The figures of one projection.
record StatisticsOf(
    ProjectionHost host,
    String name,
    ProjectionMode mode,
    DefinitionRecord definition,
    String resultStream) {

  private static final Question EVERYTHING =
      new Question.All(EventFilter.everything(), false, Set.of(), true);

  ProjectionStatistics now(
      ProjectionState state,
      String reason,
      boolean wasStarted,
      long faults,
      Optional<RunFigures> figures,
      @Nullable RunningProjection run,
      Registry registry,
      ProjectionStreams streams,
      @Nullable Building building) {
    var checkpoint =
        figures
            .map(RunFigures::checkpoint)
            .orElseGet(() -> registry.checkpoint(streams, definition.epoch()).checkpoint());
    var position = figures.map(RunFigures::position).orElse(checkpoint.position());
    var head = host.store().lastPosition().orElse(-1L);
    var waiting = position < head ? waiting(figures, position) : Optional.<ResolvedEvent>empty();
    var isThrough =
        position >= head || (waiting.isEmpty() && figures.map(RunFigures::isIdle).orElse(false));
    var seen = isThrough ? head : position;
    var parked =
        figures
            .map(RunFigures::parked)
            .orElseGet(() -> ParkedStream.now(host.store(), streams, definition.epoch()).count());
    return new ProjectionStatistics(
        name,
        mode,
        state,
        definition.enabled(),
        figures.map(RunFigures::trouble).filter(text -> !text.isEmpty()).orElse(reason),
        false,
        wasStarted || checkpoint.position() >= 0 ? definition.version() : -1,
        wasStarted || checkpoint.position() >= 0 ? definition.epoch() : -1,
        seen,
        checkpoint.position(),
        head,
        head < 0 ? 100 : 100.0 * (seen + 1) / (head + 1),
        head - seen,
        lag(waiting),
        figures.map(RunFigures::processed).orElse(0L),
        checkpoint.figures().handled(),
        checkpoint.figures().skipped(),
        checkpoint.figures().emitted(),
        checkpoint.figures().partitions(),
        run == null ? 0 : figures.map(RunFigures::cached).orElse(0),
        run == null ? 0 : figures.map(RunFigures::cachedBytes).orElse(0L),
        figures.map(RunFigures::evictions).orElse(0L),
        run == null ? 0 : figures.map(RunFigures::buffered).orElse(0),
        run == null || isThrough ? 0 : 1,
        figures.filter(RunFigures::isWriting).isPresent() ? 1 : 0,
        figures.map(RunFigures::openEmitted).orElse(0),
        figures.map(RunFigures::writingEmitted).orElse(0),
        parked,
        faults,
        run == null ? 0 : run.foldingMillis(),
        figures.flatMap(RunFigures::lastStep),
        definition.building().map(wanted -> beside(wanted, building)),
        resultStream);
  }

  private static ProjectionStatistics.Building beside(
      DefinitionRecord.Building wanted, @Nullable Building building) {
    return building == null
        ? new ProjectionStatistics.Building(
            wanted.epoch(), -1, "It is not being built in this process")
        : building.figures();
  }

  /// The first event ahead that the script may want; of a text that is none, the first event ahead.
  private Optional<ResolvedEvent> waiting(Optional<RunFigures> figures, long position) {
    try (var cursor = new Cursor(host.store(), question(figures), position)) {
      return cursor.next(1, 1).events().stream().findFirst();
    } catch (LeftfoldException | IllegalArgumentException _) {
      // Why its source cannot be read says the projection's own state.
      return Optional.empty();
    }
  }

  private Question question(Optional<RunFigures> figures) {
    return figures
        .map(RunFigures::definition)
        .or(() -> host.said(name, definition))
        .map(Questions::of)
        .orElse(EVERYTHING);
  }

  private Duration lag(Optional<ResolvedEvent> waiting) {
    return waiting
        .map(event ->
            Duration.between(event.original().recorded(), host.options().clock().instant()))
        .filter(lag -> !lag.isNegative())
        .orElse(Duration.ZERO);
  }
}
