// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import io.leftfold.api.EventStore;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.ListOptions;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.api.StreamState;
import io.leftfold.projections.storage.DefinitionRecord;
import io.leftfold.projections.storage.ProjectionStreams;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ThreadFactory;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongPredicate;

/// Deletes streams of a projection. Begun again after a crash, it goes on.
///
/// @param store the store
/// @param streams the projection's
/// @param goesOn whether to delete the next stream; asked in front of each
record Sweeping(EventStore store, ProjectionStreams streams, BooleanSupplier goesOn) {

  private static final System.Logger LOGGER = System.getLogger(Sweeping.class.getName());
  private static final int AT_ONCE = 500;

  /// Deletes states of epochs that are not kept, beside all else, for there may be many.
  void begin(ThreadFactory threads, LongPredicate kept) {
    threads
        .newThread(() -> {
          try {
            states(kept);
          } catch (RuntimeException e) {
            // The next start goes on.
            LOGGER.log(System.Logger.Level.DEBUG, "Old states of " + streams.name(), e);
          }
        })
        .start();
  }

  /// Deletes states of epochs that are not kept.
  void states(LongPredicate kept) {
    states(kept, _ -> {});
  }

  /// @param before is told of each state before it is deleted
  private void states(LongPredicate kept, Consumer<StreamName> before) {
    var after = "";
    while (true) {
      var options = ListOptions.all().withPrefix(streams.allStates()).limit(AT_ONCE);
      var listed = store.streams(after.isEmpty() ? options : options.after(after));
      if (listed.isEmpty()) {
        return;
      }
      for (var summary : listed) {
        after = summary.name().value();
        var epoch = streams.epochOf(summary.name());
        if (kept.test(epoch)) {
          after = streams.behind(epoch);
          break;
        }
        before.accept(summary.name());
        delete(summary.name(), summary.state());
      }
    }
  }

  /// Deletes what is to go with the projection.
  void delete(DefinitionRecord.Deletion what) {
    if (what.emitted()) {
      try (var read = store.read(streams.emitted(), ReadOptions.forwards())) {
        read.forEach(resolved ->
            resolved.event().ifPresent(event -> delete(StreamName.of(event.dataAsText()))));
      }
      delete(streams.emitted());
    }
    if (what.states()) {
      linkedResults();
    }
    // States and checkpoints are of no use to anybody else: a projection of the same name is
    // another one, and begins at zero.
    states(_ -> false, what.states() ? this::result : _ -> {});
    delete(streams.checkpoint());
    delete(streams.parked());
    if (what.states()) {
      delete(streams.result());
    }
    delete(streams.definition());
  }

  /// Deletes the results of the partition whose state this is. Not by what their names begin with:
  /// those of another projection may begin so too.
  private void result(StreamName state) {
    var prefix = streams.partitionStates(streams.epochOf(state));
    if (state.value().startsWith(prefix) && state.value().length() > prefix.length()) {
      streams.result(state.value().substring(prefix.length())).ifPresent(this::delete);
    }
  }

  /// Deletes results of partitions that the projection's own link to: also of those that have no
  /// state, or none any more.
  private void linkedResults() {
    try (var read = store.read(streams.result(), ReadOptions.forwards())) {
      read.forEach(resolved ->
          resolved
              .event()
              .filter(RecordedEvent::isLink)
              .map(RecordedEvent::dataAsText)
              .map(link -> link.substring(link.indexOf('@') + 1))
              .filter(streams::isResult)
              .ifPresent(name -> delete(StreamName.of(name))));
    }
  }

  private void delete(StreamName stream) {
    delete(stream, store.state(stream));
  }

  private void delete(StreamName stream, StreamState state) {
    if (!goesOn.getAsBoolean()) {
      throw new CancellationException("The next start goes on");
    }
    if (state instanceof StreamState.Present) {
      store.delete(stream, ExpectedState.any());
    }
  }
}
