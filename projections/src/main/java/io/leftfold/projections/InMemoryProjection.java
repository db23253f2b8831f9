// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import io.leftfold.api.RecordedEvent;
import io.leftfold.api.ResolvedEvent;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A projection that runs by itself over the events it is given, with its states in memory: what a
/// unit test of a projection needs.
///
/// ```java
/// try (var runtime = ProjectionRuntime.open();
///     var projection = InMemoryProjection.of(runtime.compile(source))) {
///   projection.handleAll(events);
///   assertThat(projection.state("")).isEqualTo("{\"count\":3}");
/// }
/// ```
///
/// Of one thread at a time.
public final class InMemoryProjection implements AutoCloseable {

  private static final int EVENTS_BETWEEN_SAVES = 256;

  private final Map<String, String> saved = new TreeMap<>();
  private final List<EmittedEvent> emitted = new ArrayList<>();
  private final List<String> logged = new ArrayList<>();
  private final ProjectionFold fold;
  private @Nullable String savedShared;

  private InMemoryProjection(CompiledProjection projection) {
    fold = projection.fold(new Saved());
  }

  /// A projection that has seen nothing.
  ///
  /// @param projection what to fold with
  /// @return the projection; close it
  public static InMemoryProjection of(CompiledProjection projection) {
    return new InMemoryProjection(projection);
  }

  private final class Saved implements SavedStates {
    @Override
    public Optional<String> state(String partition) {
      return Optional.ofNullable(saved.get(partition));
    }

    @Override
    public Optional<String> sharedState() {
      return Optional.ofNullable(savedShared);
    }
  }

  /// Takes the next event.
  ///
  /// @param event the event
  /// @return what it did
  /// @throws ProjectionFaultException if the script fails; everything is as before the event
  public FoldStep handle(ResolvedEvent event) {
    var step = fold.handle(event);
    emitted.addAll(step.emitted());
    logged.addAll(step.logged());
    if (fold.unsavedEvents() >= EVENTS_BETWEEN_SAVES) {
      save();
    }
    return step;
  }

  /// Takes events, in order.
  ///
  /// @param events to which no link led
  /// @throws ProjectionFaultException if the script fails; those before that event are taken
  public void handleAll(Iterable<RecordedEvent> events) {
    for (var event : events) {
      handle(ResolvedEvent.plain(event));
    }
  }

  private void save() {
    var changes = fold.save();
    changes.applyTo(saved);
    changes.shared().ifPresent(shared -> savedShared = shared);
  }

  /// The state of a partition.
  ///
  /// @param partition the partition, empty for the one state
  /// @return JSON, or the empty text if there is none
  public String state(String partition) {
    return fold.state(partition);
  }

  /// The states of all partitions.
  ///
  /// @return by partition, in the order of their names: JSON, or the empty text
  public SequencedMap<String, String> states() {
    save();
    return Collections.unmodifiableSequencedMap(new TreeMap<>(saved));
  }

  /// The state that all partitions share.
  ///
  /// @return JSON
  public String sharedState() {
    return fold.sharedState();
  }

  /// What becomes of the state of a partition by `transformBy` and `filterBy`.
  ///
  /// @param partition the partition, empty for the one state
  /// @return JSON, or the empty text if there is no state or it is filtered away
  public String result(String partition) {
    return fold.result(partition);
  }

  /// What was emitted so far.
  ///
  /// @return in order
  public List<EmittedEvent> emitted() {
    return List.copyOf(emitted);
  }

  /// What was logged so far.
  ///
  /// @return line by line
  public List<String> logged() {
    return List.copyOf(logged);
  }

  /// Ends the script.
  @Override
  public void close() {
    fold.close();
  }
}
