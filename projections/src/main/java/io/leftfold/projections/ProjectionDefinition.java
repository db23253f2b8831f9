// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import io.leftfold.api.RecordedEvent;
import io.leftfold.api.ResolvedEvent;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// What a script says about itself: what it reads, how it folds, what comes out.
///
/// @param sources where its events come from
/// @param types which of them it wants
/// @param partitioning what has a state of its own
/// @param handlers which special handlers it has
/// @param biState whether there is a state shared by all partitions besides
/// @param results what becomes of states
/// @param includeLinks whether links are events too, where everything is read
/// @param reorderEvents whether the events of several streams are put in order, as the script asks;
///   they always are
/// @param processingLag how long to wait for events that are late, as the script asks; none are
/// @param notes what is allowed and probably not meant: sentences for the author
public record ProjectionDefinition(
    Sources sources,
    EventTypes types,
    Partitioning partitioning,
    Handlers handlers,
    boolean biState,
    Results results,
    boolean includeLinks,
    boolean reorderEvents,
    Optional<Duration> processingLag,
    List<String> notes) {

  /// Copies the notes.
  public ProjectionDefinition {
    notes = List.copyOf(notes);
  }

  /// Where the events of a projection come from.
  public sealed interface Sources {
    /// Every stream, but for system streams; the metastreams of ordinary streams are read.
    record All() implements Sources {}

    /// Streams by name, ordinary or virtual, in the order of positions.
    ///
    /// @param names their names, at least one
    record Streams(List<String> names) implements Sources {
      /// Copies the names.
      public Streams {
        names = List.copyOf(names);
      }
    }

    /// The streams of one category.
    ///
    /// @param name the category
    record Category(String name) implements Sources {}
  }

  /// Which events of its sources a projection wants.
  public sealed interface EventTypes {
    /// Every event.
    record Any() implements EventTypes {}

    /// Events of these types.
    ///
    /// @param names the types, in the order of the script
    record Named(List<String> names) implements EventTypes {
      /// Copies the names.
      public Named {
        names = List.copyOf(names);
      }
    }
  }

  /// What has a state of its own.
  public enum Partitioning {
    /// There is one state, that of the partition with the empty name.
    NONE,
    /// Each stream (`foreachStream`).
    STREAM,
    /// Whatever a function of the script says of an event (`partitionBy`).
    CUSTOM
  }

  /// Which special handlers there are.
  ///
  /// @param init `$init`
  /// @param initShared `$initShared`
  /// @param any `$any`
  /// @param created `$created`
  /// @param deleted `$deleted`: told when a stream was deleted
  public record Handlers(
      boolean init, boolean initShared, boolean any, boolean created, boolean deleted) {}

  /// What becomes of states.
  ///
  /// @param output whether results are asked for: by `outputState`, `transformBy`, `filterBy`,
  ///   `outputTo` or `$defines_state_transform`
  /// @param chain `transformBy` and `filterBy`, in their order; without any a result is the state
  /// @param stream the name of the result stream, if the script gives one
  /// @param partitionPattern the name of a partition's result stream, `{0}` being the partition, if
  ///   the script gives one
  public record Results(
      boolean output,
      List<Link> chain,
      Optional<String> stream,
      Optional<String> partitionPattern) {
    /// Copies the chain.
    public Results {
      chain = List.copyOf(chain);
    }

    /// A part of the chain from a state to a result.
    public enum Link {
      /// `transformBy`
      TRANSFORM,
      /// `filterBy`
      FILTER
    }
  }

  /// Whether the empty partition stands for the state that all share: where there are partitions,
  /// it is asked for by no other name.
  ///
  /// @param partition the partition that is asked for
  /// @return whether that is meant
  boolean isShared(String partition) {
    return partition.isEmpty() && biState && partitioning != Partitioning.NONE;
  }

  /// Whether an event comes from the sources and is of a type that is wanted. What needs the index
  /// to be known (`$streams`, `$bc-…`) is wanted where a link of that stream led to it.
  ///
  /// @param event as the sources give it
  /// @return whether a fold of this projection does something with it, its partition permitting
  public boolean wants(ResolvedEvent event) {
    return event
        .event()
        .filter(recorded -> isWanted(recorded.type()) && Selection.of(this).has(event, recorded))
        .isPresent();
  }

  private boolean isWanted(String type) {
    return switch (types) {
      case EventTypes.Any() -> true;
      case EventTypes.Named(var names) -> names.contains(type);
    };
  }

  /// Whether an event tells that a stream of the sources was deleted, and the projection wants to
  /// know.
  ///
  /// @param event as the sources give it
  /// @return the deletion, if so
  public Optional<StreamDeletion> deletion(RecordedEvent event) {
    return handlers.deleted()
        ? StreamDeletion.of(event).filter(deletion -> Selection.isFrom(this, deletion))
        : Optional.empty();
  }
}
