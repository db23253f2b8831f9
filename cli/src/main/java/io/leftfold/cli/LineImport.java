// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli;

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
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import java.util.UUID;
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

  private final EventStore store;
  private final ProgressLine progress;
  private final Stop stop;
  private final Set<UUID> known = new HashSet<>();
  private final LinkedHashMap<StreamName, List<ProposedEvent>> batch = new LinkedHashMap<>();
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
      flush();
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
    if (store.state(stream) instanceof StreamState.Tombstoned) {
      repeated++;
    } else {
      store.tombstone(stream, ExpectedState.any());
      appended++;
    }
    lastLine = line;
  }

  /// Appends what has gathered.
  void flush() {
    if (batch.isEmpty()) {
      return;
    }
    var commit =
        batch.entrySet().stream()
            .map(entry -> new StreamAppend(entry.getKey(), ExpectedState.any(), entry.getValue()))
            .toList();
    try {
      store.append(commit);
    } catch (LeftfoldException e) {
      throw failed(e);
    }
    appended += batchEvents;
    batch.clear();
    batchEvents = 0;
    batchBytes = 0;
    progress.show(() ->
        "Imported %,d events, %,d a second; passed over %,d that were there"
            .formatted(appended, progress.perSecond(appended), repeated));
  }

  private CommandFailedException failed(LeftfoldException e) {
    var lines =
        batchLine == lastLine
            ? "Line %,d was".formatted(batchLine)
            : "Lines %,d to %,d were".formatted(batchLine, lastLine);
    return switch (e) {
      case WrongExpectedStateException _ ->
          new CommandFailedException(
              ExitCode.CONFLICT,
              "%s not appended: %s. Another import writes the same events; let it finish and import again"
                  .formatted(lines, Printable.of(e.getMessage())),
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
