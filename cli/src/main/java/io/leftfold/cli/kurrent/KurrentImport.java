// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli.kurrent;

import io.leftfold.api.Commit;
import io.leftfold.api.EventStore;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.StreamAppend;
import io.leftfold.api.StreamName;
import io.leftfold.api.StreamState;
import io.leftfold.api.Tag;
import io.leftfold.client.KurrentSource;
import io.leftfold.client.KurrentSource.SourceEvent;
import io.leftfold.server.TagsInMetadata;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/// Copies everything from a server into a store that nobody else uses: in the same order, at the
/// same revisions, at the same times.
///
/// How far it has come is recorded in the store itself, now and then; what lies behind that is
/// recognised by stream, revision and id when it comes again. So it may be stopped or killed at any
/// time, and run again.
///
/// Where the source has forgotten the beginning of a stream, empty events of type `$forgotten`
/// stand for it, so that links and readers that remember a revision still find theirs. Metastreams
/// are copied without them: nobody counts on revisions there.
///
/// An event is tagged as its metadata says, as if it were appended by one of those clients now.
/// What stands there and is no list of tags is copied, and tags nothing.
public final class KurrentImport {

  private static final int EVENTS_MAX = 1000;
  private static final int BYTES_MAX = 1 << 20;

  /// After so many events it is recorded how far the import is.
  private static final int RECORDED_EVERY = 10_000;

  /// Of so many events some may have been copied before, by an import that was ended early.
  private static final int OVERLAP_MAX = 2 * RECORDED_EVERY;

  private static final int STREAMS_REMEMBERED = 100_000;

  private final EventStore store;
  private final SourceClock clock;
  private final String source;
  private final Map<StreamName, Long> last =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<StreamName, Long> eldest) {
          return size() > STREAMS_REMEMBERED;
        }
      };

  private final LinkedHashMap<StreamName, List<ProposedEvent>> batch = new LinkedHashMap<>();
  private StreamName lastStream = StreamName.of("none");
  private Instant batchTime = Instant.EPOCH;
  private int batchEvents;
  private long batchBytes;
  private long unrecorded;
  private long looked;

  private long position = -1;
  private long copied;
  private long before;
  private long passedOver;
  private long forgotten;
  private long untagged;

  /// Copies into a store.
  ///
  /// @param store that nobody else writes to
  /// @param clock the store's
  /// @param source what the source is called where it is recorded how far it is copied
  public KurrentImport(EventStore store, SourceClock clock, String source) {
    this.store = store;
    this.clock = clock;
    this.source = source;
    position = store.trackingPosition(source).orElse(-1);
  }

  /// What was done.
  ///
  /// @param position of the last event that was looked at, in the source; −1 for none
  /// @param copied events that were written
  /// @param before events that the store had already
  /// @param passedOver events that are not copied: indexes and the server's own notes
  /// @param forgotten empty events that stand for what the source has forgotten
  /// @param untagged events whose `$tags` could not be understood, among those that were written
  public record Outcome(
      long position, long copied, long before, long passedOver, long forgotten, long untagged) {}

  /// Copies what the source has now, from where the import is.
  ///
  /// @param from the source
  /// @param progress is told now and then
  /// @param stop whether to end early
  /// @throws CopyConflictException if the store has other events than the source
  /// @throws io.leftfold.api.LeftfoldException if the source or the store fails; what was copied
  ///   until then is recorded
  public void run(KurrentSource from, Consumer<Outcome> progress, BooleanSupplier stop) {
    try (var events = from.readAll(position)) {
      while (!stop.getAsBoolean() && events.hasNext()) {
        add(events.next());
        progress.accept(outcome());
      }
    } finally {
      flushAndRecord();
    }
  }

  /// What was done so far.
  ///
  /// @return the counts
  public Outcome outcome() {
    return new Outcome(position, copied, before, passedOver, forgotten, untagged);
  }

  private void add(SourceEvent event) {
    var stream = event.stream();
    if (event.position() != position && unrecorded >= RECORDED_EVERY) {
      flushAndRecord();
    }
    if (!Copied.isCopied(stream)) {
      passedOver++;
    } else if (Copied.isTombstone(event.event())) {
      tombstone(event);
    } else if (stream.isMetastream()) {
      if (looked < OVERLAP_MAX && isThere(event)) {
        before++;
      } else {
        take(event, event.event());
        copied++;
      }
    } else {
      atRevision(event);
    }
    position = event.position();
    unrecorded++;
    looked++;
  }

  private void atRevision(SourceEvent event) {
    var stream = event.stream();
    var next = lastRevision(stream) + 1;
    if (event.revision() < next) {
      if (!isThere(event)) {
        throw new CopyConflictException(
            "Stream %s has another event at revision %d than the source (%s); import into a directory of its own"
                .formatted(stream, event.revision(), event.event().id()));
      }
      before++;
      return;
    }
    for (var revision = next; revision < event.revision(); revision++) {
      take(event, Copied.forgotten(stream, revision));
      forgotten++;
    }
    take(event, tagged(event.event()));
    copied++;
    last.put(stream, event.revision());
  }

  private ProposedEvent tagged(ProposedEvent event) {
    try {
      return event.withTags(TagsInMetadata.of(event.metadata()).toArray(Tag[]::new));
    } catch (IllegalArgumentException _) {
      untagged++;
      return event;
    }
  }

  private long lastRevision(StreamName stream) {
    var known = last.get(stream);
    if (known == null) {
      var state = store.state(stream);
      known = state instanceof StreamState.Tombstoned ? Long.MAX_VALUE - 1 : state.lastRevision();
      last.put(stream, known);
    }
    return known;
  }

  /// Only asked where an import goes on, or the store was not empty.
  private boolean isThere(SourceEvent event) {
    flush();
    if (event.stream().isMetastream()) {
      return metadataIsThere(event);
    }
    if (store.state(event.stream()) instanceof StreamState.Tombstoned) {
      return true;
    }
    var options = ReadOptions.forwards().from(event.revision()).limit(1);
    try (var read = store.read(event.stream(), options)) {
      // What retention hides was copied at its time.
      return read.events().stream()
          .allMatch(there ->
              there.revision() != event.revision() || there.id().equals(event.event().id()));
    }
  }

  private boolean metadataIsThere(SourceEvent event) {
    try (var read = store.read(event.stream(), ReadOptions.backwards())) {
      return read.events().stream().anyMatch(there -> there.id().equals(event.event().id()));
    }
  }

  private void tombstone(SourceEvent event) {
    flush();
    if (store.state(event.stream()) instanceof StreamState.Tombstoned) {
      before++;
      return;
    }
    clock.set(event.created());
    store.tombstone(event.stream(), ExpectedState.any());
    last.remove(event.stream());
    copied++;
  }

  private void take(SourceEvent of, ProposedEvent event) {
    var stream = of.stream();
    var bytes = event.data().length + event.metadata().length + 2L * event.type().length();
    var comesBack = batch.containsKey(stream) && !lastStream.equals(stream);
    if (comesBack
        || batchEvents == EVENTS_MAX
        || batchBytes + bytes > BYTES_MAX
        || !of.created().equals(batchTime)) {
      flush();
    }
    batchTime = of.created();
    batch.computeIfAbsent(stream, _ -> new ArrayList<>()).add(event);
    lastStream = stream;
    batchEvents++;
    batchBytes += bytes;
  }

  private void flush() {
    if (!batch.isEmpty()) {
      append(Commit.of(parts()));
    }
  }

  /// Records that everything up to the position, and itself, is in the store. With nothing to write
  /// there is no need to.
  private void flushAndRecord() {
    if (!batch.isEmpty()) {
      var commit = Commit.of(parts());
      var grows = position > store.trackingPosition(source).orElse(-1);
      append(grows ? commit.tracking(source, position) : commit);
    }
    unrecorded = 0;
  }

  private List<StreamAppend> parts() {
    return batch.entrySet().stream()
        .map(entry -> new StreamAppend(entry.getKey(), ExpectedState.any(), entry.getValue()))
        .toList();
  }

  private void append(Commit commit) {
    clock.set(batchTime);
    var _ = store.append(commit);
    batch.clear();
    batchEvents = 0;
    batchBytes = 0;
  }
}
