// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.http.atom.body;

import io.leftfold.api.ProposedEvent;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.json.JsonMapper;

/// Events as elements of XML: `<events><event><eventId>…`. What an event has in it becomes JSON, as
/// KurrentDB makes it: elements are members, equal ones a list, attributes begin with `@`, and
/// `_x0024_` in a name is the character with that number, for names of XML cannot have all.
final class EventXml {

  private static final JsonMapper JSON = JsonMapper.shared();

  private static final Pattern CHARACTER = Pattern.compile("_x([0-9a-fA-F]{4}|[0-9a-fA-F]{8})_");

  private EventXml() {}

  static List<ProposedEvent> list(byte[] body, Optional<String> type) throws InvalidBodyException {
    var root = XmlElement.read(body);
    var isOne = root.name().equals("event");
    var events = new ArrayList<ProposedEvent>();
    for (var element : isOne ? List.of(root) : root.children()) {
      events.add(event(element, type));
    }
    if (events.isEmpty()) {
      throw new InvalidBodyException("There are no events");
    }
    return events;
  }

  private static ProposedEvent event(XmlElement element, Optional<String> otherType)
      throws InvalidBodyException {
    var id =
        child(element, "eventId")
            .flatMap(found -> Ids.of(found.text()))
            .orElseThrow(() -> new InvalidBodyException("An event has an id"));
    var type =
        child(element, "eventType")
            .map(found -> found.text().strip())
            .filter(text -> !text.isEmpty())
            .or(() -> otherType)
            .orElseThrow(() -> new InvalidBodyException("An event has a type"));
    try {
      return EventJson.event(
          id, type, value(child(element, "data")), value(child(element, "metadata")));
    } catch (IllegalArgumentException e) {
      throw new InvalidBodyException(String.valueOf(e.getMessage()));
    }
  }

  private static Optional<XmlElement> child(XmlElement element, String name) {
    return element.children().stream()
        .filter(child -> child.name().equalsIgnoreCase(name))
        .findFirst();
  }

  private static EventJson.Value value(Optional<XmlElement> element) {
    if (element.isEmpty()) {
      return EventJson.Value.NONE;
    }
    if (isText(element.get())) {
      return EventJson.value(element.get().text());
    }
    var json = new ByteArrayOutputStream();
    try (var generator = JSON.createGenerator(json)) {
      write(generator, element.get());
    }
    return new EventJson.Value(json.toByteArray(), true);
  }

  /// What a name stands for.
  private static String named(String name) {
    return CHARACTER
        .matcher(name)
        .replaceAll(found -> {
          var c = Integer.parseUnsignedInt(found.group(1), 16);
          var isCharacter =
              Character.isValidCodePoint(c) && Character.getType(c) != Character.SURROGATE;
          return Matcher.quoteReplacement(isCharacter ? Character.toString(c) : found.group());
        });
  }

  private static boolean isText(XmlElement element) {
    return element.children().isEmpty() && element.attributes().isEmpty();
  }

  private static void write(JsonGenerator out, XmlElement element) {
    if (isText(element)) {
      if (element.text().isEmpty()) {
        out.writeNull();
      } else {
        out.writeString(element.text());
      }
      return;
    }
    out.writeStartObject();
    element
        .attributes()
        .forEach((name, value) -> out.writeStringProperty("@" + named(name), value));
    if (!element.text().isBlank()) {
      out.writeStringProperty("#text", element.text());
    }
    var byName = new LinkedHashMap<String, List<XmlElement>>();
    for (var child : element.children()) {
      byName.computeIfAbsent(named(child.name()), _ -> new ArrayList<>()).add(child);
    }
    byName.forEach((name, children) -> {
      out.writeName(name);
      if (children.size() > 1) {
        out.writeStartArray();
      }
      children.forEach(child -> write(out, child));
      if (children.size() > 1) {
        out.writeEndArray();
      }
    });
    out.writeEndObject();
  }
}
