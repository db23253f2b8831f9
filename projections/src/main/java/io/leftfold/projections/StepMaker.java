// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import io.leftfold.api.Commit;
import io.leftfold.api.ContentType;
import io.leftfold.api.EventStore;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.StreamAppend;
import io.leftfold.api.StreamName;
import io.leftfold.projections.storage.CheckpointRecord;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Makes the one commit of a step.
final class StepMaker {

  /// The state of a partition with which its stream begins to keep the last only. Of most
  /// partitions there are few states, and saying so takes as much as a state does.
  private static final long REVISION_THAT_FORGETS = 3;

  private static final String ACCESS_OF_STATES =
      """
      "$acl":{"$r":"$admins","$w":"$admins","$d":"$admins","$mr":"$all","$mw":"$admins"}\
      """;

  private final EventStore store;
  private final RunIdentity identity;
  private final UUID run;
  private final StateCache states;
  private final ResultStreams results;
  private final TrackedStreams tracked;
  private final boolean tracks;
  private final StreamsForAll forAll;

  // Of the commit that is being made.
  private List<StreamAppend> parts = new ArrayList<>();
  private long revision;
  private int ordinal;
  private OptionalLong lastShared = OptionalLong.empty();

  /// @param run a random number of this run's own
  /// @param tracked the streams that are known to be written to
  StepMaker(
      EventStore store,
      RunIdentity identity,
      UUID run,
      ProjectionDefinition definition,
      StateCache states,
      TrackedStreams tracked,
      boolean tracks) {
    this.store = store;
    this.identity = identity;
    this.run = run;
    this.states = states;
    this.tracked = tracked;
    this.tracks = tracks;
    forAll = new StreamsForAll(store);
    results = ResultStreams.of(definition.results(), identity.streams());
  }

  /// @param step its number in the run
  /// @param before the revision of the last checkpoint; −1 for none
  /// @param outputs results by partition; empty texts for none
  /// @throws IllegalArgumentException if the states of a partition cannot be written, for nothing
  ///   can be called as they would have to be; then the run is over
  Commit make(
      long step,
      long before,
      CheckpointRecord checkpoint,
      OpenStep open,
      StateChanges changes,
      Map<String, String> outputs) {
    parts = new ArrayList<>();
    revision = before + 1;
    ordinal = 0;
    lastShared = OptionalLong.empty();
    var checkpointId = nextId();
    if (before < 0) {
      keepOnly(identity.checkpoint(), 2);
    }
    changes
        .partitions()
        .forEach((partition, text) -> state(step, partition, text, outputs.get(partition)));
    changes.shared().ifPresent(this::shared);
    open.parked.forEach(
        said -> add(identity.streams().parked(), ExpectedState.any(), said.proposed(nextId())));
    emit(open.emissions);
    // The last of the commit, so that what is as of the position behind it is the whole step.
    add(identity.checkpoint(), expected(before), checkpoint.proposed(checkpointId));
    return Commit.of(parts);
  }

  /// Why the results of a step cannot be written, if so: nothing can be called as they would have
  /// to be.
  ///
  /// @param partitions those whose results are written
  Optional<String> objection(Set<String> partitions) {
    return partitions.stream()
        .flatMap(partition -> results.objection(partition).stream())
        .findFirst();
  }

  private static ExpectedState expected(long revision) {
    return revision < 0 ? ExpectedState.noStream() : ExpectedState.atRevision(revision);
  }

  private UUID nextId() {
    return RunIdentity.stepId(run, revision, ordinal++);
  }

  private void state(long step, String partition, String text, @Nullable String output) {
    var stream = identity.streams().state(identity.epoch(), partition);
    var result = output == null ? states.result(partition) : result(partition, output);
    add(stream, ExpectedState.any(), json(StoredStates.TYPE, text, StoredStates.metadata(result)));
    states.put(step, partition, text, result);
    if (states.revision(partition) == REVISION_THAT_FORGETS) {
      keepOnly(stream, 1);
    }
  }

  private void shared(String text) {
    var stream = identity.streams().sharedState(identity.epoch());
    var isNew = states.sharedState().isEmpty();
    add(stream, ExpectedState.any(), json(StoredStates.TYPE, text, ""));
    if (isNew) {
      keepOnly(stream, 1);
    }
    states.putShared(text);
  }

  /// Writes a result, and a link to it where results of partitions have streams of their own.
  ///
  /// @return its revision
  private long result(String partition, String output) {
    var stream = results.of(partition);
    var last = states.result(partition);
    if (output.isEmpty() && last < 0) {
      return last;
    }
    var next = lastOf(stream, partition, last) + 1;
    open(stream);
    add(
        stream,
        ExpectedState.any(),
        json(output.isEmpty() ? "ResultRemoved" : "Result", output, ""));
    if (!stream.equals(results.all())) {
      open(results.all());
      add(results.all(), ExpectedState.any(), ProposedEvent.link(stream, next).withId(nextId()));
    }
    if (results.isShared(partition)) {
      lastShared = OptionalLong.of(next);
    }
    return next;
  }

  /// The revision of the last event of a result stream, with what is in this commit. A partition
  /// knows its own; of a stream that several share, the store and this commit do.
  private long lastOf(StreamName stream, String partition, long own) {
    if (results.isShared(partition)) {
      return lastShared.orElseGet(() -> store.state(stream).lastRevision());
    }
    return own < 0 ? store.state(stream).lastRevision() : own;
  }

  private void emit(List<Emission> emissions) {
    var metastreams =
        emissions.stream()
            .map(Emission::stream)
            .filter(StreamName::isMetastream)
            .collect(Collectors.toSet());
    var at = 0;
    while (at < emissions.size()) {
      var stream = emissions.get(at).stream();
      var events = new ArrayList<ProposedEvent>();
      while (at < emissions.size() && emissions.get(at).stream().equals(stream)) {
        events.add(emissions.get(at).event());
        at++;
      }
      if (stream.isMetastream()
          || (stream.isSystem() && !metastreams.contains(stream.metastream()))) {
        open(stream);
      }
      parts.add(new StreamAppend(stream, ExpectedState.any(), events));
    }
    if (tracks) {
      track(emissions);
    }
  }

  private void open(StreamName stream) {
    forAll.opening(stream, this::nextId).ifPresent(parts::add);
  }

  private void track(List<Emission> emissions) {
    for (var emission : emissions) {
      var name = emission.stream().value();
      if (tracked.add(name)) {
        add(
            identity.streams().emitted(),
            ExpectedState.any(),
            new ProposedEvent(
                nextId(),
                "$StreamTracked",
                ContentType.BINARY,
                name.getBytes(StandardCharsets.UTF_8),
                new byte[0],
                List.of()));
      }
    }
  }

  private ProposedEvent json(String type, String text, String metadata) {
    // An empty text is no JSON.
    return new ProposedEvent(
        nextId(),
        type,
        text.isEmpty() ? ContentType.BINARY : ContentType.JSON,
        text.getBytes(StandardCharsets.UTF_8),
        metadata.getBytes(StandardCharsets.UTF_8),
        List.of());
  }

  private void keepOnly(StreamName stream, int events) {
    var metadata = "{\"$maxCount\":" + events + "," + ACCESS_OF_STATES + "}";
    add(stream.metastream(), ExpectedState.any(), json("$metadata", metadata, ""));
  }

  private void add(StreamName stream, ExpectedState expected, ProposedEvent event) {
    parts.add(StreamAppend.of(stream, expected, event));
  }

  static long bytes(Commit commit) {
    var bytes = 0L;
    for (var part : commit.parts()) {
      for (var event : part.events()) {
        bytes += event.data().length + event.metadata().length + 2L * event.type().length();
      }
    }
    return bytes;
  }
}
