// SPDX-License-Identifier: Apache-2.0

package io.leftfold.verification.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.leftfold.api.ContentType;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.ResolvedEvent;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// One of the ways into the server and out of it. What is told of an event are facts with names:
/// `stream`, `revision`, `id`, `type`, `json`, `data`, `metadata`, `created`, `position`, of the
/// link that led to it `link`, and the position that was read, be it a link's or the event's, `at`.
interface Way {

  /// Numbers with all their digits.
  JsonMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();

  String ALL = "$all";
  long ANY = -2;
  long NO_STREAM = -1;

  /// How something ended.
  enum Result {
    DONE,
    WRONG_VERSION,
    NO_STREAM,
    GONE
  }

  /// How an append ended.
  ///
  /// @param result how
  /// @param revision of the event, or of the last one of a stream that is not as expected
  record Outcome(Result result, long revision) {}

  /// What a read found.
  ///
  /// @param result whether there is anything
  /// @param events what is told of each, forwards
  record Found(Result result, List<Map<String, Object>> events) {
    static Found nothing(Result why) {
      return new Found(why, List.of());
    }
  }

  /// Appends one event.
  ///
  /// @param expected a revision, [#ANY] or [#NO_STREAM]
  Outcome append(String stream, long expected, ProposedEvent event) throws Exception;

  /// Reads a stream, or all of them, forwards.
  Found read(String stream, boolean resolving) throws Exception;

  /// The facts that are told of an event.
  Set<String> tells(String stream, ResolvedEvent event);

  /// Data or metadata as it is told.
  Object told(byte[] bytes, boolean isJson);

  /// What has to be told of an event.
  default Map<String, Object> promised(String stream, ResolvedEvent resolved) {
    var event = resolved.event().orElseGet(resolved::original);
    var facts = new LinkedHashMap<String, Object>();
    facts.put("stream", event.stream().value());
    facts.put("revision", event.revision());
    facts.put("id", event.id());
    facts.put("type", event.type());
    facts.put("json", event.contentType() == ContentType.JSON);
    facts.put("data", told(event.data(), event.contentType() == ContentType.JSON));
    facts.put("metadata", told(event.metadata(), isJson(event.metadata())));
    facts.put("created", event.recorded());
    facts.put("position", event.position());
    facts.put("at", resolved.original().position());
    resolved.link().ifPresent(link -> facts.put("link", place(link)));
    facts.keySet().retainAll(tells(stream, resolved));
    return new TreeMap<>(facts);
  }

  static String place(RecordedEvent event) {
    return event.revision() + "@" + event.stream().value();
  }

  static boolean isJson(byte[] bytes) {
    return bytes.length > 0 && bytes[0] == '{';
  }

  static JsonNode tree(byte[] json) {
    return JSON.readTree(new String(json, UTF_8));
  }
}
