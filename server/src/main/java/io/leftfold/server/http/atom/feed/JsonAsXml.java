// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.http.atom.feed;

import java.nio.charset.StandardCharsets;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/// JSON as XML: members are elements, lists elements of the same name, members that begin with `@`
/// attributes.
final class JsonAsXml {

  private static final String ITEM = "item";

  private JsonAsXml() {}

  /// Writes an element with what bytes say: elements if it is JSON, otherwise a text.
  static void write(XMLStreamWriter out, String name, byte[] bytes, boolean claimsJson)
      throws XMLStreamException {
    if (bytes.length == 0) {
      out.writeEmptyElement(name);
      return;
    }
    JsonNode json = null;
    if (claimsJson) {
      try {
        json = Json.MAPPER.readTree(bytes);
      } catch (JacksonException _) {
        json = null;
      }
    }
    if (json == null) {
      Xml.element(out, name, new String(bytes, StandardCharsets.UTF_8));
    } else if (json.isArray()) {
      out.writeStartElement(name);
      member(out, ITEM, json);
      out.writeEndElement();
    } else {
      member(out, name, json);
    }
  }

  private static void member(XMLStreamWriter out, String name, JsonNode value)
      throws XMLStreamException {
    if (value.isArray()) {
      for (var one : value) {
        if (one.isArray()) {
          out.writeStartElement(name);
          member(out, ITEM, one);
          out.writeEndElement();
        } else {
          member(out, name, one);
        }
      }
    } else if (value.isObject()) {
      out.writeStartElement(name);
      members(out, value);
      out.writeEndElement();
    } else if (value.isNull()) {
      out.writeEmptyElement(name);
    } else {
      Xml.element(out, name, value.asString());
    }
  }

  private static void members(XMLStreamWriter out, JsonNode object) throws XMLStreamException {
    for (var property : object.properties()) {
      if (isAttribute(property.getKey(), property.getValue())) {
        Xml.attribute(
            out, Xml.name(property.getKey().substring(1)), property.getValue().asString());
      }
    }
    for (var property : object.properties()) {
      if (property.getKey().equals("#text") && property.getValue().isValueNode()) {
        Xml.text(out, property.getValue().asString());
      } else if (!isAttribute(property.getKey(), property.getValue())) {
        member(out, Xml.name(property.getKey()), property.getValue());
      }
    }
  }

  private static boolean isAttribute(String key, JsonNode value) {
    return key.length() > 1 && key.charAt(0) == '@' && value.isValueNode();
  }
}
