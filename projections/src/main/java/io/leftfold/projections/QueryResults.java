// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import io.leftfold.api.Commit;
import io.leftfold.api.EventStore;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.StreamAppend;
import io.leftfold.api.StreamName;
import io.leftfold.projections.storage.DefinitionRecord;
import io.leftfold.projections.storage.ProjectionStreams;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// What a query leaves in the log when it has come to its end, if its script asks for results: they
/// alone, as a stored projection leaves them with each step. What is there already is not written
/// again, so that a query that is run once more adds what has changed.
final class QueryResults {

  private static final int PARTITIONS_AT_ONCE = 500;
  private static final long BYTES_AT_ONCE = 8L << 20;

  private final ProjectionHost host;
  private final EventStore store;
  private final CompiledProjection script;
  private final MemoryStates states;
  private final ResultStreams streams;
  private List<StreamAppend> parts = new ArrayList<>();
  private long bytes;
  private final Optional<StreamsForAll> forAll;
  private OptionalLong lastShared = OptionalLong.empty();

  private QueryResults(
      ProjectionHost host,
      ProjectionStreams streams,
      CompiledProjection script,
      MemoryStates states,
      boolean isForAll) {
    this.host = host;
    this.store = host.store();
    this.script = script;
    this.states = states;
    forAll = isForAll ? Optional.of(new StreamsForAll(store)) : Optional.empty();
    this.streams = ResultStreams.of(script.definition().results(), streams);
  }

  /// Writes them, on a worker, where scripts belong; waits for that.
  ///
  /// @throws IllegalArgumentException if one of them cannot be written
  /// @throws ProjectionFaultException if the script fails
  static void write(
      ProjectionHost host, Registry.Entry entry, DefinitionRecord definition, MemoryStates states) {
    var _ =
        host.byWorker(() -> {
          var script = host.compile(entry.name(), definition);
          // What comes of a transient one is not for everybody.
          var isForAll = Runs.mode(definition) != ProjectionMode.TRANSIENT;
          new QueryResults(host, entry.streams(), script, states, isForAll).write();
          return true;
        });
  }

  /// A part of the partitions at once.
  private void write() {
    if (!script.definition().results().output()) {
      return;
    }
    try (var fold =
        script.foldWithoutEmitting(new StateCache(states, host.options().stateBytesMax()))) {
      var names = states.names("", PARTITIONS_AT_ONCE);
      while (!names.isEmpty()) {
        names.forEach(partition -> add(partition, fold.result(partition)));
        commit();
        names =
            names.size() < PARTITIONS_AT_ONCE
                ? List.of()
                : states.names(names.getLast(), PARTITIONS_AT_ONCE);
      }
    }
  }

  private void add(String partition, String result) {
    streams
        .objection(partition)
        .ifPresent(why -> {
          throw new IllegalArgumentException(why);
        });
    if (streams.isShared(partition)) {
      addToShared(streams.of(partition), result);
    } else {
      addIfNew(streams.of(partition), result);
    }
    if (bytes >= BYTES_AT_ONCE) {
      commit();
    }
  }

  private void addIfNew(StreamName stream, String result) {
    var last = last(stream);
    if (!last.map(RecordedEvent::dataAsText).orElse("").equals(result)) {
      add(stream, result, last.map(RecordedEvent::revision).orElse(-1L) + 1);
    }
  }

  /// Which partition an event of the stream was of, nobody knows any more: all that there is is
  /// written, and nothing is removed.
  private void addToShared(StreamName stream, String result) {
    if (!result.isEmpty()) {
      var next = lastShared.orElseGet(() -> store.state(stream).lastRevision()) + 1;
      add(stream, result, next);
      lastShared = OptionalLong.of(next);
    }
  }

  private void add(StreamName stream, String result, long revision) {
    bytes += result.length();
    add(
        stream,
        result.isEmpty()
            ? ProposedEvent.binary("ResultRemoved", new byte[0])
            : ProposedEvent.json("Result", result));
    if (!stream.equals(streams.all())) {
      add(streams.all(), ProposedEvent.link(stream, revision));
    }
  }

  private void add(StreamName stream, ProposedEvent event) {
    forAll.flatMap(open -> open.opening(stream, host::newId)).ifPresent(parts::add);
    parts.add(StreamAppend.of(stream, ExpectedState.any(), event.withId(host.newId())));
  }

  private Optional<RecordedEvent> last(StreamName stream) {
    try (var read = store.read(stream, ReadOptions.backwards().limit(1))) {
      var events = read.iterator();
      return events.hasNext() ? events.next().event() : Optional.empty();
    }
  }

  private void commit() {
    if (!parts.isEmpty()) {
      store.append(Commit.of(parts));
      parts = new ArrayList<>();
      lastShared = OptionalLong.empty();
      bytes = 0;
    }
  }
}
