// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.leftfold.api.RecordedEvent;
import io.leftfold.toolkit.Checkpoint.Role;
import io.leftfold.toolkit.Projection.Fold;
import io.leftfold.toolkit.keys.KeysUnavailableException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;

/// What the functions of a projection make of events and of a view, within transactions of others.
/// Whatever they throw comes out as a [FoldFailure], but that keys cannot be asked now.
final class Folds<E, V> {

  private final Projection<E, V> projection;
  private final UnknownEvents unknownEvents;

  Folds(Projection<E, V> projection, UnknownEvents unknownEvents) {
    this.projection = projection;
    this.unknownEvents = unknownEvents;
  }

  /// An event as it is understood: of one partition, of several, or of none.
  record Meant<E>(RecordedEvent recorded, SequencedMap<String, List<Occurred<E>>> byPartition) {}

  /// An event that cannot be understood, which is to be kept aside.
  Meant<E> aside(RecordedEvent recorded) {
    var byPartition = new LinkedHashMap<String, List<Occurred<E>>>();
    byPartition.put(Projector.UNREADABLE, List.of());
    return new Meant<>(recorded, byPartition);
  }

  /// @throws FoldFailure of no partition if it cannot be understood
  Meant<E> meaning(RecordedEvent recorded) {
    try {
      var byPartition = new LinkedHashMap<String, List<Occurred<E>>>();
      for (var event : unknownEvents.meaning(projection.codec(), recorded)) {
        var partition = checked(projection.partition().apply(event, recorded));
        byPartition
            .computeIfAbsent(partition, _ -> new ArrayList<>())
            .add(new Occurred<>(partition, event, recorded));
      }
      return new Meant<>(recorded, byPartition);
    } catch (KeysUnavailableException e) {
      throw e; // no fault of the event
    } catch (RuntimeException | Error e) {
      requireOfTheApplication(e);
      throw new FoldFailure(Optional.empty(), e);
    }
  }

  /// What every read model can keep, or it is found out only by the one that cannot.
  private static String checked(String partition) {
    var bytes = partition.getBytes(UTF_8);
    if (bytes.length > Projection.PARTITION_BYTES_MAX) {
      throw new IllegalArgumentException(
          "The name of a partition has at most %d bytes in UTF-8, got %d: %s…"
              .formatted(Projection.PARTITION_BYTES_MAX, bytes.length, partition.substring(0, 40)));
    }
    if (!new String(bytes, UTF_8).equals(partition)) {
      throw new IllegalArgumentException(
          "The name of a partition is Unicode text, got half a character in %s"
              .formatted(partition));
    }
    if (Projector.isAside(partition)) {
      throw new IllegalArgumentException(
          "The name of a partition is not %s, where events are kept that have none"
              .formatted(partition));
    }
    return partition;
  }

  /// Folds what occurred, and reacts to it if the checkpoint says so.
  void fold(List<Occurred<E>> occurred, Checkpoint checkpoint, V view) {
    for (var one : occurred) {
      apply(projection.fold(), one, view);
      if (checkpoint.role() == Role.LIVE && one.recorded().position() > checkpoint.reactsAfter()) {
        projection.reaction().ifPresent(reaction -> apply(reaction, one, view));
      }
    }
  }

  /// Only reacts: to what occurred in one partition, or to all of the event if there is no such
  /// partition any more.
  void react(RecordedEvent event, String partition, V view) {
    try {
      var meant = meaning(event).byPartition();
      var all = meant.values().stream().flatMap(List::stream).toList();
      for (var occurred : meant.getOrDefault(partition, all)) {
        projection.reaction().ifPresent(reaction -> apply(reaction, occurred, view));
      }
    } catch (FoldFailure failure) {
      throw new ProjectionFailedException(
          projection.version(), event, FoldFailure.causeOf(failure));
    }
  }

  /// Throws on what no event can be blamed for: that the virtual machine is out of memory may show
  /// anywhere, and nobody knows what is still right. A stack that overflows is the function's own
  /// affair, as is every other error.
  private static void requireOfTheApplication(Throwable thrown) {
    if (thrown instanceof VirtualMachineError error && !(error instanceof StackOverflowError)) {
      throw error;
    }
  }

  private void apply(Fold<E, V> fold, Occurred<E> occurred, V view) {
    try {
      fold.apply(view, occurred);
    } catch (KeysUnavailableException e) {
      throw e;
    } catch (Exception | Error e) {
      requireOfTheApplication(e);
      if (e instanceof InterruptedException) {
        Thread.currentThread().interrupt();
      }
      throw new FoldFailure(Optional.of(occurred.partition()), e);
    }
  }
}
