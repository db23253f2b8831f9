// SPDX-License-Identifier: Apache-2.0

package io.leftfold.verification.wire;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.leftfold.api.ContentType;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.ResolvedEvent;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/// Plain HTTP: CloudEvents in, a line of JSON for each out. It follows links, always.
///
/// @param http a client
/// @param port of the server
record OverEvents(HttpClient http, int port) implements Way {

  private static final Set<String> FACTS =
      Set.of("stream", "revision", "id", "type", "created", "position", "link");

  private HttpRequest.Builder at(String query) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/events?" + query));
  }

  private static String of(String stream) {
    return stream.equals(ALL) ? "system=true" : "stream=" + URLEncoder.encode(stream, UTF_8);
  }

  // ---- appending

  /// What a CloudEvent has no place for in an event is in its metadata, so that is taken apart
  /// here.
  @Override
  public Outcome append(String stream, long expected, ProposedEvent event) throws Exception {
    var cloudEvent = JSON.createObjectNode().put("specversion", "1.0");
    cloudEvent.put("id", event.id().toString()).put("type", event.type());
    var metadata = Way.tree(event.metadata());
    if (metadata.has("$correlationId")) {
      cloudEvent.set("correlationid", metadata.get("$correlationId"));
    }
    metadata
        .get("cloudevent")
        .properties()
        .forEach(one -> cloudEvent.set(one.getKey(), one.getValue()));
    var body = cloudEvent.toString();
    var data =
        event.contentType() == ContentType.JSON
            ? "\"data\":" + new String(event.data(), UTF_8)
            : "\"data_base64\":\"%s\"".formatted(Base64.getEncoder().encodeToString(event.data()));
    var word = expected == ANY ? "any" : expected == NO_STREAM ? "none" : Long.toString(expected);
    var request =
        at(of(stream) + "&expected=" + word)
            .header("Content-Type", "application/cloudevents+json")
            .POST(BodyPublishers.ofString(body.substring(0, body.length() - 1) + "," + data + "}"))
            .build();
    var answer = http.send(request, BodyHandlers.ofString());
    var told = JSON.readTree(answer.body());
    return switch (answer.statusCode()) {
      case 200, 201 -> new Outcome(Result.DONE, told.get("streams").get(0).get("first").asLong());
      case 409 -> new Outcome(Result.WRONG_VERSION, told.get("current").asLong());
      case 410 -> new Outcome(Result.GONE, -1);
      default -> throw new AssertionError(answer + answer.body());
    };
  }

  // ---- reading

  @Override
  public Found read(String stream, boolean resolving) throws Exception {
    var answer = http.send(at(of(stream) + "&limit=1000").build(), BodyHandlers.ofString());
    return switch (answer.statusCode()) {
      case 200 -> {
        // A stream that is not there is one that has no events yet.
        var events =
            answer.body().lines().map(JSON::readTree).map(line -> facts(stream, line)).toList();
        yield new Found(events.isEmpty() ? Result.NO_STREAM : Result.DONE, events);
      }
      case 410 -> Found.nothing(Result.GONE);
      default -> throw new AssertionError(answer + answer.body());
    };
  }

  private Map<String, Object> facts(String stream, JsonNode line) {
    var facts = new TreeMap<String, Object>();
    facts.put("stream", line.get("stream").asString());
    facts.put("revision", line.get("revision").asLong());
    facts.put("id", UUID.fromString(line.get("id").asString()));
    facts.put("type", line.get("type").asString());
    if (line.has("data") || line.has("dataBase64")) {
      facts.put("json", line.has("data"));
    }
    facts.put("created", Instant.parse(line.get("time").asString()));
    facts.put("position", line.get("position").asLong());
    if (stream.equals(ALL)) {
      facts.put("at", line.get("cursor").asLong());
    }
    for (var name : Set.of("data", "metadata")) {
      if (line.has(name)) {
        facts.put(name, line.get(name));
      }
      if (line.has(name + "Base64")) {
        facts.put(
            name, told(Base64.getDecoder().decode(line.get(name + "Base64").asString()), false));
      }
    }
    if (line.has("link")) {
      var link = line.get("link");
      facts.put("link", link.get("revision").asLong() + "@" + link.get("stream").asString());
    }
    return facts;
  }

  /// What is empty is left out.
  @Override
  public Set<String> tells(String stream, ResolvedEvent resolved) {
    var event = resolved.event().orElseGet(resolved::original);
    var facts = new TreeSet<>(FACTS);
    if (stream.equals(ALL)) {
      facts.add("at");
    }
    if (event.data().length > 0) {
      facts.add("data");
      facts.add("json");
    }
    if (event.metadata().length > 0) {
      facts.add("metadata");
    }
    return facts;
  }

  @Override
  public Object told(byte[] bytes, boolean isJson) {
    return isJson ? Way.tree(bytes) : new String(bytes, ISO_8859_1);
  }

  @Override
  public String toString() {
    return "/events";
  }
}
