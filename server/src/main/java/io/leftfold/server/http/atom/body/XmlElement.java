// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.http.atom.body;

import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/// An element of XML. Read without document types: there are no entities but the five that XML
/// itself has, and nothing is fetched.
///
/// @param name without its prefix
/// @param attributes without those that declare namespaces
/// @param children elements in it
/// @param text all text in it that is not in its children
record XmlElement(
    String name, Map<String, String> attributes, List<XmlElement> children, String text) {

  private static final int DEPTH_MAX = 100;
  private static final XMLInputFactory FACTORY = factory();

  private static XMLInputFactory factory() {
    var factory = XMLInputFactory.newDefaultFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    factory.setProperty(XMLInputFactory.IS_REPLACING_ENTITY_REFERENCES, false);
    factory.setProperty(XMLInputFactory.IS_COALESCING, true);
    factory.setXMLResolver((_, _, _, _) -> {
      throw new XMLStreamException("Nothing is fetched");
    });
    return factory;
  }

  /// Reads a document.
  ///
  /// @throws InvalidBodyException if it is none
  static XmlElement read(byte[] document) throws InvalidBodyException {
    try {
      var reader = reader(document);
      try {
        while (reader.next() != XMLStreamConstants.START_ELEMENT) {
          refuseDoctype(reader.getEventType());
        }
        var root = element(reader, 0);
        while (reader.hasNext()) {
          reader.next();
        }
        return root;
      } finally {
        reader.close();
      }
    } catch (XMLStreamException | RuntimeException e) {
      throw new InvalidBodyException(String.valueOf(e.getMessage()));
    }
  }

  private static XMLStreamReader reader(byte[] document) throws XMLStreamException {
    synchronized (FACTORY) { // The JDK's keeps a reader for the next one.
      return FACTORY.createXMLStreamReader(new ByteArrayInputStream(document));
    }
  }

  private static void refuseDoctype(int event) throws XMLStreamException {
    if (event == XMLStreamConstants.DTD || event == XMLStreamConstants.ENTITY_REFERENCE) {
      throw new XMLStreamException("Documents have no type here, and no entities");
    }
  }

  private static XmlElement element(XMLStreamReader reader, int depth) throws XMLStreamException {
    if (depth > DEPTH_MAX) {
      throw new XMLStreamException("Elements are in %d others at most".formatted(DEPTH_MAX));
    }
    var name = reader.getLocalName();
    var attributes = new LinkedHashMap<String, String>();
    for (var i = 0; i < reader.getAttributeCount(); i++) {
      attributes.put(reader.getAttributeLocalName(i), reader.getAttributeValue(i));
    }
    var children = new ArrayList<XmlElement>();
    var text = new StringBuilder();
    for (var event = reader.next();
        event != XMLStreamConstants.END_ELEMENT;
        event = reader.next()) {
      switch (event) {
        case XMLStreamConstants.START_ELEMENT -> children.add(element(reader, depth + 1));
        case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA, XMLStreamConstants.SPACE ->
            text.append(reader.getText());
        default -> refuseDoctype(event);
      }
    }
    return new XmlElement(name, attributes, children, text.toString());
  }
}
