// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import io.leftfold.api.RecordedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.projections.storage.ProjectionStreams;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/// Who runs: a projection at an epoch.
///
/// @param streams the projection's streams
/// @param epoch the version that folds since zero
/// @param version the version of the definition
/// @param seed a random number of the projection's own, from which the ids of its events come
/// @param checkpoint where its checkpoints are
record RunIdentity(
    ProjectionStreams streams, long epoch, long version, UUID seed, StreamName checkpoint) {

  /// What [#tag] and [Emission] write, with the epoch and the position of the cause.
  private static final Pattern TAG =
      Pattern.compile("\\{\"\\$v\":\"\\d+:(\\d{1,18}):\\d+:4\",\"\\$c\":(\\d{1,18}),");

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
  /// it asks for the stream by name. The tag alone does not tell: what is imported keeps that of a
  /// projection that had the same number where it comes from, and anybody may write one. The id
  /// comes of this projection's seed.
  static Predicate<RecordedEvent> own(
      ProjectionDefinition definition, ProjectionStreams streams, UUID seed) {
    if (definition.sources() instanceof ProjectionDefinition.Sources.Streams) {
      return _ -> false;
    }
    var mark = mark(streams).getBytes(StandardCharsets.UTF_8);
    return event -> beginsWith(event, mark) && hasIdOf(streams, seed, event);
  }

  private static boolean beginsWith(RecordedEvent event, byte[] mark) {
    var metadata = event.metadata();
    return metadata.length > mark.length
        && Arrays.equals(metadata, 0, mark.length, mark, 0, mark.length);
  }

  /// Whether an event has an id that the epoch and position of its tag give. Which one of its cause
  /// it is, only the lower half knows.
  private static boolean hasIdOf(ProjectionStreams streams, UUID seed, RecordedEvent event) {
    var tag = TAG.matcher(event.metadataAsText());
    if (!tag.lookingAt()) {
      return false;
    }
    var epoch = Long.parseLong(tag.group(1));
    var first = current(streams, epoch, 0, seed).emittedId(Long.parseLong(tag.group(2)), 0);
    return event.id().getMostSignificantBits() == first.getMostSignificantBits();
  }
}
