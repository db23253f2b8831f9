// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.scavenge;

import io.leftfold.api.ContentType;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.engine.index.Index;
import io.leftfold.engine.stream.StreamReader;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Supplier;

/// What the log itself tells of scavenges: the points as of which was judged, in `$scavengePoints`,
/// and the history, in `$scavenges`, which is kept for thirty days. Types and members are those of
/// KurrentDB.
final class ScavengeJournal {

  static final StreamName POINTS = StreamName.of("$scavengePoints");
  static final StreamName HISTORY = StreamName.of("$scavenges");

  private static final String STARTED = "$scavengeStarted";
  private static final String CHUNKS_COMPLETED = "$scavengeChunksCompleted";
  private static final String INDEX_COMPLETED = "$scavengeIndexCompleted";
  private static final String COMPLETED = "$scavengeCompleted";

  private final Scavenge.Recorder recorder;
  private final StreamReader reader;
  private final Supplier<UUID> ids;

  ScavengeJournal(Scavenge.Recorder recorder, StreamReader reader, Supplier<UUID> ids) {
    this.recorder = recorder;
    this.reader = reader;
    this.ids = ids;
  }

  /// Records that now is the moment as of which is judged.
  ///
  /// @return the position of the event
  long point(int thresholdPercent) {
    limit(POINTS, "{\"$maxCount\":100}");
    return record(POINTS, "$scavengePoint", Map.of("threshold", thresholdPercent));
  }

  void started(UUID scavenge, long point, int firstChunk, int thresholdPercent) {
    limit(HISTORY, "{\"$maxAge\":2592000}");
    record(
        HISTORY,
        STARTED,
        Map.of(
            "scavengeId", scavenge,
            "scavengePoint", point,
            "startFromChunk", firstChunk,
            "threads", 1,
            "threshold", thresholdPercent));
  }

  void chunkCompleted(UUID scavenge, int chunk, long events, long bytesFreed) {
    record(
        HISTORY,
        CHUNKS_COMPLETED,
        Map.of(
            "scavengeId", scavenge,
            "chunkStartNumber", chunk,
            "chunkEndNumber", chunk,
            "wasScavenged", true,
            "eventsForgotten", events,
            "spaceSaved", bytesFreed));
  }

  void indexCompleted(UUID scavenge, Index.Forgotten forgotten) {
    record(
        HISTORY,
        INDEX_COMPLETED,
        Map.of(
            "scavengeId", scavenge,
            "index", forgotten.segment(),
            "wasScavenged", true,
            "entriesDeleted", forgotten.keys(),
            "spaceSaved", forgotten.bytesFreed()));
  }

  void completed(UUID scavenge, ScavengeState state, long seconds) {
    var members = new HashMap<String, Object>();
    members.put("scavengeId", scavenge);
    members.put("result", result(state.outcome()));
    members.put("error", state.reason());
    members.put("timeTaken", seconds);
    members.put("eventsForgotten", state.events());
    members.put("spaceSaved", state.bytesFreed());
    members.put("maxChunkScavenged", state.chunksDone() - 1);
    if (state.outcome() != ScavengeState.Outcome.SUCCESS && state.chunksDone() == state.chunks()) {
      members.put("allChunks", true); // it ended in the index
    }
    record(HISTORY, COMPLETED, members);
  }

  private static String result(ScavengeState.Outcome outcome) {
    return switch (outcome) {
      case RUNNING -> "InProgress";
      case SUCCESS -> "Success";
      case STOPPED -> "Stopped";
      case ERRORED -> "Errored";
    };
  }

  /// The chunk at which the last scavenge ended, if it ended before it was through all of them;
  /// otherwise 0.
  int unfinishedAt() {
    try (var history = reader.read(HISTORY, ReadOptions.backwards())) {
      for (var resolved : history) {
        var event = resolved.original();
        switch (event.type()) {
          case COMPLETED -> {
            if (text(event, "result").equals("Success")
                || text(event, "allChunks").equals("true")) {
              return 0;
            }
          }
          case CHUNKS_COMPLETED -> {
            return (int) number(event, "chunkEndNumber") + 1;
          }
          case STARTED -> {
            return (int) number(event, "startFromChunk");
          }
          default -> {} // somebody else's
        }
      }
    }
    return 0;
  }

  private static String text(RecordedEvent event, String key) {
    return FlatJson.read(event.data()).getOrDefault(key, "");
  }

  private static long number(RecordedEvent event, String key) {
    try {
      return Math.clamp(Long.parseLong(text(event, key)), 0, Integer.MAX_VALUE - 1);
    } catch (NumberFormatException e) { // somebody else's
      return 0;
    }
  }

  private void limit(StreamName stream, String metadata) {
    if (reader.metadata(stream).metastreamRevision() < 0) {
      append(
          stream.metastream(),
          RecordedEvent.METADATA_TYPE,
          metadata.getBytes(StandardCharsets.UTF_8));
    }
  }

  private long record(StreamName stream, String type, Map<String, Object> members) {
    return append(stream, type, FlatJson.write(new TreeMap<>(members)));
  }

  private long append(StreamName stream, String type, byte[] json) {
    return recorder.append(
        stream, new ProposedEvent(ids.get(), type, ContentType.JSON, json, new byte[0], List.of()));
  }
}
