// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.registry;

import io.leftfold.api.EventStore;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.ListOptions;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.StreamState;
import io.leftfold.api.UnavailableException;
import io.leftfold.api.WrongExpectedStateException;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/// Things that are the folds of their streams, each stream a fixed beginning and a name.
///
/// A fold is kept with the revision up to which it was made, and goes on from there. The index says
/// where a stream ends, so what is answered holds everything that was acknowledged before. No
/// locks: two threads may fold the same, and what either keeps is right.
///
/// @param <S> what the events come to
final class StreamFolds<S> {

  /// When what is kept takes more, all is forgotten, and the next ones cost a read each.
  private static final long KEPT_BYTES_MAX = 32L << 20;

  private static final int FOLD_BYTES = 500;

  /// How often a command is decided again because another was quicker.
  private static final int ATTEMPTS_MAX = 100;

  private final EventStore store;
  private final String prefix;
  private final Evolving<S> evolving;
  private final ToIntFunction<S> bytes;
  private final ConcurrentHashMap<SchemaName, Fold<S>> kept = new ConcurrentHashMap<>();
  private final AtomicLong keptBytes = new AtomicLong();

  /// One step of a fold.
  interface Evolving<S> {
    @Nullable S evolve(SchemaName name, @Nullable S before, RecordedEvent event);
  }

  /// Decides a command on what is there.
  interface Deciding<S, T> {
    Decision<T> on(@Nullable S found);
  }

  /// What a stream comes to.
  ///
  /// @param first the first revision that was to be seen
  /// @param revision the last that is in it; -1 if there is nothing to be seen
  /// @param value empty if the events come to nothing
  private record Fold<S>(long first, long revision, @Nullable S value) {
    ExpectedState expected() {
      return revision < 0 ? ExpectedState.noStream() : ExpectedState.atRevision(revision);
    }
  }

  /// What comes of a command.
  ///
  /// @param events to be recorded
  /// @param answer to whoever commanded, once they are
  record Decision<T>(List<ProposedEvent> events, T answer) {}

  /// @param bytes what a value takes in memory, about
  StreamFolds(EventStore store, String prefix, Evolving<S> evolving, ToIntFunction<S> bytes) {
    this.store = store;
    this.prefix = prefix;
    this.evolving = evolving;
    this.bytes = bytes;
  }

  /// What the events of a name come to.
  @Nullable S of(SchemaName name) {
    return fold(name, store.state(name.stream(prefix))).value;
  }

  private Fold<S> fold(SchemaName name, StreamState state) {
    return switch (state) {
      case StreamState.Present(var first, var last) -> {
        var known = kept.get(name);
        yield known != null && known.first == first && known.revision == last
            ? known
            : goOn(name, known, first, last);
      }
      case StreamState.Absent _, StreamState.Deleted _, StreamState.Tombstoned _ ->
          new Fold<>(0, -1, null);
    };
  }

  private Fold<S> goOn(SchemaName name, @Nullable Fold<S> known, long first, long last) {
    // A stream that was deleted or cut begins elsewhere, and its fold anew.
    var before =
        known != null && known.first == first && known.revision < last
            ? known
            : new Fold<S>(first, -1, null);
    var value = before.value;
    var revision = last;
    var options = ReadOptions.forwards().from(before.revision + 1);
    try (var read = store.read(name.stream(prefix), options)) {
      for (var resolved : read) {
        var event = resolved.event().orElseThrow();
        value = evolving.evolve(name, value, event);
        revision = Math.max(revision, event.revision());
      }
    }
    var fold = new Fold<>(first, revision, value);
    keep(name, fold);
    return fold;
  }

  private void keep(SchemaName name, Fold<S> fold) {
    var before = kept.put(name, fold);
    var more = size(fold) - (before == null ? 0 : size(before));
    if (keptBytes.addAndGet(more) > KEPT_BYTES_MAX) {
      kept.clear();
      keptBytes.set(0);
    }
  }

  private int size(Fold<S> fold) {
    return FOLD_BYTES + (fold.value == null ? 0 : bytes.applyAsInt(fold.value));
  }

  /// Tells of all whose name begins so, in the order of names.
  void forEach(String nameBegins, Consumer<S> told) {
    var options = ListOptions.all().withPrefix(prefix + nameBegins);
    var page = store.streams(options);
    while (!page.isEmpty()) {
      for (var summary : page) {
        SchemaName.in(summary.name(), prefix)
            .ifPresent(name -> {
              var value = fold(name, summary.state()).value;
              if (value != null) {
                told.accept(value);
              }
            });
      }
      page = store.streams(options.after(page.getLast().name().value()));
    }
  }

  /// Decides a command, and records what comes of it.
  ///
  /// @param decide may be called several times, and throws if the command is refused
  /// @throws UnavailableException if others are always quicker
  <T> T deciding(SchemaName name, Deciding<S, T> decide) {
    var stream = name.stream(prefix);
    for (var attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
      var fold = fold(name, store.state(stream));
      var decision = decide.on(fold.value);
      try {
        var _ = store.append(stream, fold.expected(), decision.events());
        return decision.answer();
      } catch (WrongExpectedStateException _) {
        // Another was quicker; what it did may change what is decided.
      }
    }
    throw new UnavailableException(
        UnavailableException.Reason.TOO_BUSY,
        "%s changes too quickly: a command was decided %d times, and others came first each time; try again"
            .formatted(stream, ATTEMPTS_MAX));
  }
}
