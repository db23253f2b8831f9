// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli.git;

import io.leftfold.api.EventStore;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.StreamName;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What a store holds of a git repository, in the words of [GitItself].
final class Imported {

  private static final JsonMapper JSON = JsonMapper.shared();

  private Imported() {}

  static JsonNode data(RecordedEvent event) {
    return JSON.readTree(event.data());
  }

  static JsonNode metadata(RecordedEvent event) {
    return JSON.readTree(event.metadata());
  }

  static List<RecordedEvent> stream(EventStore store, String name) {
    return store.read(StreamName.of(name), ReadOptions.forwards()).events();
  }

  /// The types of a stream's events.
  static List<String> types(EventStore store, String stream) {
    return stream(store, stream).stream().map(RecordedEvent::type).toList();
  }

  static Map<String, List<String>> log(EventStore store) {
    return log(store, true);
  }

  /// @param renames whether renames stay what they are, rather than becoming a deletion and an
  ///   addition
  static Map<String, List<String>> log(EventStore store, boolean renames) {
    var commits = new LinkedHashMap<String, List<String>>();
    for (var event : store.readAll(ReadOptions.forwards()).events()) {
      if (event.stream().isSystem()) {
        continue;
      }
      var data = data(event);
      switch (event.type()) {
        case CommitEvents.REPOSITORY_REGISTERED, CommitEvents.FILE_RENAMED_AWAY -> {}
        case CommitEvents.COMMIT_IMPORTED ->
            commits.put(data.get("commit").asString(), new ArrayList<>());
        default -> {
          var files =
              Objects.requireNonNull(commits.get(metadata(event).get("$correlationId").asString()));
          var old =
              "%s %s".formatted(text(data, "oldMode", "000000"), text(data, "mode", "000000"));
          var ids =
              "%s %s"
                  .formatted(
                      text(data, "oldBlob", "0".repeat(40)), text(data, "blob", "0".repeat(40)));
          var lines =
              data.has("binary")
                  ? "+* -*"
                  : "+%s -%s"
                      .formatted(data.get("linesAdded").asInt(), data.get("linesRemoved").asInt());
          switch (event.type()) {
            case CommitEvents.FILE_ADDED ->
                files.add("A %s %s %s %s".formatted(old, ids, lines, text(data, "path", "?")));
            case CommitEvents.FILE_CHANGED ->
                files.add("M %s %s %s %s".formatted(old, ids, lines, text(data, "path", "?")));
            case CommitEvents.FILE_DELETED ->
                files.add("D %s %s %s %s".formatted(old, ids, lines, text(data, "path", "?")));
            case CommitEvents.FILE_RENAMED -> {
              if (renames) {
                files.add(
                    "R %s %s %s %s -> %s"
                        .formatted(
                            old, ids, lines, text(data, "from", "?"), text(data, "to", "?")));
              } else {
                files.add(
                    "D %s 000000 %s %s +? -? %s"
                        .formatted(
                            text(data, "oldMode", "?"),
                            text(data, "oldBlob", "?"),
                            "0".repeat(40),
                            text(data, "from", "?")));
                files.add(
                    "A 000000 %s %s %s +? -? %s"
                        .formatted(
                            text(data, "mode", "?"),
                            "0".repeat(40),
                            text(data, "blob", "?"),
                            text(data, "to", "?")));
              }
            }
            default -> throw new AssertionError("An event that nobody expected: " + event);
          }
        }
      }
    }
    return commits;
  }

  private static String text(JsonNode data, String name, String otherwise) {
    return data.has(name) ? data.get(name).asString() : otherwise;
  }
}
