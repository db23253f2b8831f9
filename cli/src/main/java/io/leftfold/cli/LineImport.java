// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli;

import io.leftfold.api.AppendResult;
import io.leftfold.api.EventStore;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.LeftfoldException;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.StreamAppend;
import io.leftfold.api.StreamName;
import io.leftfold.api.StreamState;
import io.leftfold.api.StreamTombstonedException;
import io.leftfold.api.UnavailableException;
import io.leftfold.api.WrongExpectedStateException;
import io.leftfold.cli.output.EventJson;
import io.leftfold.cli.output.Printable;
import io.leftfold.engine.AppendCompletion;
import io.leftfold.engine.LocalEventStore;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import tools.jackson.databind.json.JsonMapper;

/// Appends events in the order in which they come, many in one append, and none that the store has.
///
/// What the store has is read once, before: of every event a fingerprint of stream and id. A store
/// recognises repeated appends by itself, but does not remember for ever; an import of yesterday
/// must be recognised too, and also where streams have been deleted since.
///
/// An append takes lines as long as the positions come out in the order of the lines: until a
/// stream comes back after another one.
final class LineImport {

  private static final int EVENTS_MAX = 1000;
  private static final int BYTES_MAX = 1 << 20;
  private static final int IN_FLIGHT_MAX = 256;
  private static final long IN_FLIGHT_BYTES_MAX = 64L << 20;

  private final EventStore store;
  private final ProgressLine progress;
  private final Stop stop;
  private final Set<UUID> known = new HashSet<>();
  private final LinkedHashMap<StreamName, List<ProposedEvent>> batch = new LinkedHashMap<>();
  private final Set<StreamName> writable = new HashSet<>();
  private final ArrayDeque<Pending> inFlight = new ArrayDeque<>();
  private long inFlightBytes;
  private StreamName lastStream = StreamName.of("none");
  private int batchEvents;
  private long batchBytes;
  private long batchLine;
  private long lastLine;
  private long appended;
  private long repeated;

  LineImport(EventStore store, ProgressLine progress, Stop stop) {
    this.store = store;
    this.progress = progress;
    this.stop = stop;
  }

  void learnWhatIsThere() {
    try (var events = store.readAll(ReadOptions.forwards())) {
      for (var resolved : events) {
        if (stop.isRequested()) {
          return;
        }
        known.add(fingerprint(resolved.original().stream(), resolved.original().id()));
        progress.show(() -> "Looked at %,d events that are there already".formatted(known.size()));
      }
    }
  }

  /// The id, shifted by a hash of the stream: the same id in two streams is two events.
  private static UUID fingerprint(StreamName stream, UUID id) {
    var hash = 0xcbf29ce484222325L;
    for (var i = 0; i < stream.value().length(); i++) {
      hash = (hash ^ stream.value().charAt(i)) * 0x100000001b3L;
    }
    return new UUID(
        id.getMostSignificantBits() ^ hash,
        id.getLeastSignificantBits() ^ Long.rotateLeft(hash, 32));
  }

  void add(long line, EventJson.Line read) {
    var event = read.event();
    if (event.type().equals(RecordedEvent.TOMBSTONE_TYPE)) {
      tombstone(line, read.stream());
      return;
    }
    if (!known.add(fingerprint(read.stream(), event.id()))) {
      repeated++;
      lastLine = line;
      return;
    }
    var bytes = event.data().length + event.metadata().length + 2L * event.type().length();
    var comesBack = batch.containsKey(read.stream()) && !lastStream.equals(read.stream());
    if (comesBack || batchEvents == EVENTS_MAX || batchBytes + bytes > BYTES_MAX) {
      flush();
    }
    if (batch.isEmpty()) {
      batchLine = line;
    }
    batch.computeIfAbsent(read.stream(), _ -> new ArrayList<>()).add(event);
    batchEvents++;
    batchBytes += bytes;
    lastStream = read.stream();
    lastLine = line;
  }

  private void tombstone(long line, StreamName stream) {
    finish();
    if (store.state(stream) instanceof StreamState.Tombstoned) {
      repeated++;
    } else {
      store.tombstone(stream, ExpectedState.any());
      appended++;
    }
    writable.remove(stream);
    lastLine = line;
  }

  /// Appends what has gathered, and waits until the store has all of it.
  void finish() {
    flush();
    while (!inFlight.isEmpty()) {
      awaitFirst();
    }
  }

  private void flush() {
    if (batch.isEmpty()) {
      return;
    }
    var commit =
        batch.entrySet().stream()
            .map(entry -> new StreamAppend(entry.getKey(), ExpectedState.any(), entry.getValue()))
            .toList();
    var lines =
        batchLine == lastLine
            ? "Line %,d was".formatted(batchLine)
            : "Lines %,d to %,d were".formatted(batchLine, lastLine);
    try {
      inFlight.add(new Pending(lines, batchEvents, batchBytes, append(commit)));
    } catch (LeftfoldException e) {
      abandon();
      throw failed(lines, e);
    }
    inFlightBytes += batchBytes;
    batch.clear();
    batchEvents = 0;
    batchBytes = 0;
    while (inFlight.size() > IN_FLIGHT_MAX || inFlightBytes > IN_FLIGHT_BYTES_MAX) {
      awaitFirst();
    }
    progress.show(() ->
        "Imported %,d events, %,d a second; passed over %,d that were there"
            .formatted(appended, progress.perSecond(appended), repeated));
  }

  private CompletableFuture<AppendResult> append(List<StreamAppend> commit) {
    if (!(store instanceof LocalEventStore local)) {
      return CompletableFuture.completedFuture(store.append(commit));
    }
    for (var part : commit) {
      if (writable.add(part.stream())
          && local.state(part.stream()) instanceof StreamState.Tombstoned) {
        throw new StreamTombstonedException(part.stream());
      }
    }
    var answer = new CompletableFuture<AppendResult>();
    local.append(
        commit,
        new AppendCompletion() {
          @Override
          public void completed(AppendResult result) {
            answer.complete(result);
          }

          @Override
          public void failed(LeftfoldException reason) {
            answer.completeExceptionally(reason);
          }
        });
    return answer;
  }

  private void awaitFirst() {
    var first = inFlight.remove();
    inFlightBytes -= first.bytes;
    try {
      first.answer.join();
      appended += first.events;
    } catch (CompletionException e) {
      abandon();
      if (e.getCause() instanceof LeftfoldException reason) {
        throw failed(first.lines, reason);
      }
      throw e;
    }
  }

  /// Something failed: what was handed over before still counts if it was written.
  private void abandon() {
    for (var pending : inFlight) {
      if (pending.answer.handle((_, failure) -> failure == null).join()) {
        appended += pending.events;
      }
    }
    inFlight.clear();
    batch.clear();
  }

  private record Pending(
      String lines, int events, long bytes, CompletableFuture<AppendResult> answer) {}

  private static CommandFailedException failed(String lines, LeftfoldException e) {
    return switch (e) {
      case WrongExpectedStateException _ ->
          new CommandFailedException(
              ExitCode.CONFLICT,
              "%s not appended: %s. Another import writes the same events; let it finish and import again"
                  .formatted(lines, Printable.of(String.valueOf(e.getMessage()))),
              e);
      case StreamTombstonedException _ ->
          new CommandFailedException(
              ExitCode.FAILED, "%s not appended: %s".formatted(lines, e.getMessage()), e);
      case UnavailableException unavailable ->
          new CommandFailedException(
              ExitCode.UNAVAILABLE,
              unavailable.reason() == UnavailableException.Reason.UNREACHABLE
                  ? "%s perhaps appended, perhaps not: %s. Import the same file again to be sure"
                      .formatted(lines, e.getMessage())
                  : "%s not appended: %s".formatted(lines, e.getMessage()),
              e);
      default ->
          new CommandFailedException(
              ExitCode.FAILED, "%s not appended: %s".formatted(lines, e.getMessage()), e);
    };
  }

  String summary() {
    return "Imported %,d events; passed over %,d that were there already."
        .formatted(appended, repeated);
  }

  String json(boolean stopped) {
    var mapper = JsonMapper.shared();
    return mapper.writeValueAsString(
        mapper
            .createObjectNode()
            .put("appended", appended)
            .put("alreadyThere", repeated)
            .put("stopped", stopped));
  }
}
