// SPDX-License-Identifier: Apache-2.0

package io.leftfold.verification.wire;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.leftfold.api.ContentType;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.ResolvedEvent;
import java.io.StringReader;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Element;
import org.xml.sax.InputSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/// Atom over HTTP: data is a text in it, what it is in JSON or XML, or bytes.
///
/// @param http a client
/// @param port of the server
/// @param form how events are written and read
record OverAtom(HttpClient http, int port, Form form) implements Way {

  private static final String START = "0".repeat(32);
  private static final int COUNT = 4096;

  /// A name of XML has none, so .NET writes it like this.
  private static final String DOLLAR = "_x0024_";

  /// How events are written, and how they are read.
  enum Form {
    /// As one body, and one by one.
    ALONE,
    /// As a list in JSON, and in pages with texts.
    BODY,
    /// As a list in JSON, and in pages with JSON in them.
    CONTENT,
    /// As a list in XML, and in pages with XML in them.
    XML
  }

  private HttpRequest.Builder at(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
  }

  private static String path(String stream) {
    return "/streams/" + URLEncoder.encode(stream, UTF_8);
  }

  // ---- appending

  @Override
  public Outcome append(String stream, long expected, ProposedEvent event) throws Exception {
    var request = at(path(stream)).header("ES-ExpectedVersion", Long.toString(expected));
    switch (form) {
      case ALONE ->
          request
              .header(
                  "Content-Type", isJson(event) ? "application/json" : "application/octet-stream")
              .header("ES-EventId", event.id().toString())
              .header("ES-EventType", event.type())
              .POST(BodyPublishers.ofByteArray(event.data()));
      case BODY, CONTENT ->
          request
              .header("Content-Type", "application/vnd.eventstore.events+json")
              .POST(BodyPublishers.ofString("[" + inJson(event) + "]"));
      case XML ->
          request
              .header("Content-Type", "application/vnd.eventstore.events+xml")
              .POST(BodyPublishers.ofString("<events>" + inXml(event) + "</events>"));
    }
    var answer = http.send(request.build(), BodyHandlers.ofString());
    return switch (answer.statusCode()) {
      case 201 -> {
        var location = answer.headers().firstValue("location").orElseThrow();
        yield new Outcome(
            Result.DONE, Long.parseLong(location.substring(location.lastIndexOf('/') + 1)));
      }
      case 400 ->
          new Outcome(
              Result.WRONG_VERSION,
              answer.headers().firstValueAsLong("es-currentversion").orElseThrow());
      case 410 -> new Outcome(Result.GONE, -1);
      default -> throw new AssertionError(answer + answer.body());
    };
  }

  private static boolean isJson(ProposedEvent event) {
    return event.contentType() == ContentType.JSON;
  }

  private static String inJson(ProposedEvent event) {
    var metadata = event.metadata().length == 0 ? "null" : new String(event.metadata(), UTF_8);
    return "{\"eventId\":\"%s\",\"eventType\":\"%s\",\"data\":%s,\"metadata\":%s}"
        .formatted(
            event.id(),
            event.type(),
            isJson(event)
                ? new String(event.data(), UTF_8)
                : JSON.writeValueAsString(new String(event.data(), UTF_8)),
            metadata);
  }

  private static String inXml(ProposedEvent event) {
    var data =
        isJson(event) ? elements(Way.tree(event.data())) : escaped(new String(event.data(), UTF_8));
    var metadata = event.metadata().length == 0 ? "" : elements(Way.tree(event.metadata()));
    return "<event><eventId>%s</eventId><eventType>%s</eventType><data>%s</data><metadata>%s</metadata></event>"
        .formatted(event.id(), escaped(event.type()), data, metadata);
  }

  private static String elements(JsonNode json) {
    if (json.isString()) {
      return escaped(json.asString());
    }
    var text = new StringBuilder();
    for (var member : json.properties()) {
      for (var value :
          member.getValue().isArray() ? member.getValue() : List.of(member.getValue())) {
        text.append(
            "<%1$s>%2$s</%1$s>".formatted(member.getKey().replace("$", DOLLAR), elements(value)));
      }
    }
    return text.toString();
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }

  // ---- reading

  @Override
  public Found read(String stream, boolean resolving) throws Exception {
    return form == Form.ALONE ? readAlone(stream, resolving) : readPage(stream, resolving);
  }

  private HttpResponse<byte[]> get(String path, String accept, boolean resolving) throws Exception {
    var request =
        at(path)
            .header("Accept", accept)
            .header("ES-ResolveLinkTos", resolving ? "True" : "False")
            .build();
    return http.send(request, BodyHandlers.ofByteArray());
  }

  private static Result result(HttpResponse<byte[]> answer) {
    return switch (answer.statusCode()) {
      case 200 -> Result.DONE;
      case 404 -> Result.NO_STREAM;
      case 410 -> Result.GONE;
      default -> throw new AssertionError(answer + new String(answer.body(), UTF_8));
    };
  }

  /// One event after the other, until there is none.
  private Found readAlone(String stream, boolean resolving) throws Exception {
    var events = new ArrayList<Map<String, Object>>();
    while (true) {
      var answer = get(path(stream) + "/" + events.size(), "application/octet-stream", resolving);
      if (result(answer) != Result.DONE) {
        return events.isEmpty() ? Found.nothing(result(answer)) : new Found(Result.DONE, events);
      }
      events.add(new TreeMap<>(Map.of("data", told(answer.body(), false))));
    }
  }

  private Found readPage(String stream, boolean resolving) throws Exception {
    var answer =
        get(
            "%s/%s/forward/%d?embed=%s"
                .formatted(
                    path(stream),
                    stream.equals(ALL) ? START : "0",
                    COUNT,
                    form == Form.BODY ? "body" : "content"),
            form == Form.XML ? "application/atom+xml" : "application/vnd.eventstore.atom+json",
            resolving);
    var result = result(answer);
    if (result != Result.DONE) {
      return Found.nothing(result);
    }
    var events = new ArrayList<Map<String, Object>>();
    if (form == Form.XML) {
      var entries = document(answer.body()).getElementsByTagName("entry");
      for (var i = 0; i < entries.getLength(); i++) {
        events.add(ofXml((Element) entries.item(i)));
      }
    } else {
      for (var entry : Way.tree(answer.body()).get("entries")) {
        events.add(form == Form.BODY ? ofBody(entry) : ofContent(entry));
      }
    }
    return new Found(Result.DONE, events.reversed());
  }

  private static Map<String, Object> ofBody(JsonNode entry) {
    var facts = new TreeMap<String, Object>();
    facts.put("stream", entry.get("streamId").asString());
    facts.put("revision", entry.get("eventNumber").asLong());
    facts.put("id", UUID.fromString(entry.get("eventId").asString()));
    facts.put("type", entry.get("eventType").asString());
    facts.put("json", entry.get("isJson").asBoolean());
    facts.put("data", entry.get("data").asString(""));
    facts.put("metadata", entry.get("metaData").asString(""));
    facts.put("created", Instant.parse(entry.get("updated").asString()));
    var place =
        entry.get("positionEventNumber").asLong() + "@" + entry.get("positionStreamId").asString();
    if (!place.equals(facts.get("revision") + "@" + facts.get("stream"))) {
      facts.put("link", place);
    }
    return facts;
  }

  private static Map<String, Object> ofContent(JsonNode entry) {
    var content = entry.get("content");
    var facts = new TreeMap<String, Object>();
    facts.put("stream", content.get("eventStreamId").asString());
    facts.put("revision", content.get("eventNumber").asLong());
    facts.put("id", UUID.fromString(content.get("eventId").asString()));
    facts.put("type", content.get("eventType").asString());
    facts.put("data", ofNode(content.get("data")));
    facts.put("metadata", ofNode(content.get("metadata")));
    facts.put("created", Instant.parse(entry.get("updated").asString()));
    return facts;
  }

  private static Object ofNode(JsonNode value) {
    return value.isString() ? value.asString() : value;
  }

  private static Element document(byte[] xml) throws Exception {
    return DocumentBuilderFactory.newDefaultInstance()
        .newDocumentBuilder()
        .parse(new InputSource(new StringReader(new String(xml, UTF_8))))
        .getDocumentElement();
  }

  private static Map<String, Object> ofXml(Element entry) {
    var facts = new TreeMap<String, Object>();
    facts.put("stream", text(entry, "eventStreamId"));
    facts.put("revision", Long.parseLong(text(entry, "eventNumber")));
    facts.put("id", UUID.fromString(text(entry, "eventId")));
    facts.put("type", text(entry, "eventType"));
    facts.put("data", ofElement(child(entry, "data")));
    facts.put("metadata", ofElement(child(entry, "metadata")));
    facts.put("created", Instant.parse(text(entry, "updated")));
    return facts;
  }

  private static Element child(Element element, String name) {
    return (Element) element.getElementsByTagName(name).item(0);
  }

  private static String text(Element element, String name) {
    return child(element, name).getTextContent();
  }

  private static Object ofElement(Element element) {
    var value = value(element);
    return value.isString() ? value.asString() : value;
  }

  /// Elements are members, equal ones a list, and what is in none is a text.
  private static JsonNode value(Element element) {
    var members = JsonNodeFactory.instance.objectNode();
    var children = element.getChildNodes();
    for (var i = 0; i < children.getLength(); i++) {
      if (children.item(i) instanceof Element child) {
        var name = child.getTagName().replace(DOLLAR, "$");
        var before = members.get(name);
        if (before == null) {
          members.set(name, value(child));
        } else if (before.isArray()) {
          before.asArray().add(value(child));
        } else {
          members.putArray(name).add(before).add(value(child));
        }
      }
    }
    return members.isEmpty()
        ? JsonNodeFactory.instance.stringNode(element.getTextContent())
        : members;
  }

  // ---- what is told

  @Override
  public Set<String> tells(String stream, ResolvedEvent event) {
    if (form == Form.ALONE) {
      return Set.of("data");
    }
    var facts =
        new TreeSet<>(Set.of("stream", "revision", "id", "type", "data", "metadata", "created"));
    if (form == Form.BODY) {
      facts.add("json");
      facts.add("link");
    }
    return facts;
  }

  @Override
  public Object told(byte[] bytes, boolean isJson) {
    return switch (form) {
      case ALONE -> new String(bytes, ISO_8859_1);
      case BODY -> new String(bytes, UTF_8);
      case CONTENT -> isJson ? Way.tree(bytes) : new String(bytes, UTF_8);
      case XML -> isJson ? ofTexts(Way.tree(bytes)) : inXml(new String(bytes, UTF_8));
    };
  }

  /// XML knows texts only.
  private static JsonNode ofTexts(JsonNode json) {
    if (json.isObject()) {
      var members = JsonNodeFactory.instance.objectNode();
      json.properties().forEach(member -> members.set(member.getKey(), ofTexts(member.getValue())));
      return members;
    }
    if (json.isArray()) {
      var list = JsonNodeFactory.instance.arrayNode();
      json.forEach(value -> list.add(ofTexts(value)));
      return list;
    }
    return JsonNodeFactory.instance.stringNode(json.asString(""));
  }

  /// What XML has no characters for is replaced.
  private static String inXml(String text) {
    return text.replaceAll("[\\x00-\\x08\\x0B\\x0C\\x0E-\\x1F]", "\uFFFD");
  }

  @Override
  public String toString() {
    return "Atom, " + form;
  }
}
