// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import io.leftfold.api.RecordedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.projections.storage.ProjectionStreams;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.UUID;
import java.util.function.Predicate;

/// Who runs: a projection at an epoch.
///
/// @param streams the projection's streams
/// @param epoch the version that folds since zero
/// @param version the version of the definition
/// @param seed a random number of the projection's own, from which the ids of its events come
/// @param checkpoint where its checkpoints are
record RunIdentity(
    ProjectionStreams streams, long epoch, long version, UUID seed, StreamName checkpoint) {

  static RunIdentity current(ProjectionStreams streams, long epoch, long version, UUID seed) {
    return new RunIdentity(streams, epoch, version, seed, streams.checkpoint());
  }

  static RunIdentity beside(ProjectionStreams streams, long epoch, long version, UUID seed) {
    return new RunIdentity(streams, epoch, version, seed, streams.checkpointBeside(epoch));
  }

  /// The id of what is emitted for an event: the same whenever this epoch comes to it.
  UUID emittedId(long position, int ordinal) {
    return id(seed, seed.getMostSignificantBits() ^ mix(epoch), position, ordinal);
  }

  /// The id of what a step writes of its own. No two runs may give the same: a step of one would
  /// pass for the repetition of a step of the other, and be answered as if it had been written.
  static UUID stepId(UUID run, long checkpointRevision, int ordinal) {
    return id(run, run.getMostSignificantBits(), checkpointRevision, ordinal);
  }

  private static UUID id(UUID seed, long high, long number, int ordinal) {
    var low = mix(seed.getLeastSignificantBits() ^ mix(number)) + ordinal;
    return new UUID(
        (mix(high ^ mix(number + 1)) & 0xffffffffffff0fffL) | 0x8000,
        (low & 0x3fffffffffffffffL) | 0x8000000000000000L);
  }

  /// Spreads all bits over all bits; no two numbers give the same.
  private static long mix(long number) {
    var mixed = number + 0x9e3779b97f4a7c15L;
    mixed = (mixed ^ (mixed >>> 30)) * 0xbf58476d1ce4e5b9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
    return mixed ^ (mixed >>> 31);
  }

  /// What the metadata of what it emits begins with.
  private static String mark(ProjectionStreams streams) {
    return "{\"$v\":\"" + streams.id() + ":";
  }

  String tag() {
    return mark(streams) + epoch + ":" + version + ":4\"";
  }

  /// Tells what a projection has emitted itself, at whatever epoch, which is no source of it unless
  /// it asks for the stream by name.
  static Predicate<RecordedEvent> own(ProjectionDefinition definition, ProjectionStreams streams) {
    if (definition.sources() instanceof ProjectionDefinition.Sources.Streams) {
      return _ -> false;
    }
    var mark = mark(streams).getBytes(StandardCharsets.UTF_8);
    return event -> beginsWith(event, mark);
  }

  private static boolean beginsWith(RecordedEvent event, byte[] mark) {
    var metadata = event.metadata();
    return metadata.length > mark.length
        && Arrays.equals(metadata, 0, mark.length, mark, 0, mark.length);
  }
}
