// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.http.atom.feed;

import java.io.IOException;
import java.io.OutputStream;
import java.util.regex.Pattern;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/// XML, in which any text can be written.
final class Xml {

  private static final XMLOutputFactory FACTORY = XMLOutputFactory.newDefaultFactory();
  private static final char REPLACEMENT = '\ufffd';

  /// What would be read as a character that a name cannot have.
  private static final Pattern LOOKS_WRITTEN =
      Pattern.compile("_(?=x[0-9a-fA-F]{4}(?:[0-9a-fA-F]{4})?_)");

  private Xml() {}

  /// Writes a document.
  interface Document {
    void writeTo(XMLStreamWriter out) throws XMLStreamException;
  }

  static void write(OutputStream target, Document document) throws IOException {
    try {
      var out = writer(target);
      out.writeStartDocument("utf-8", "1.0");
      document.writeTo(out);
      out.writeEndDocument();
      out.flush();
    } catch (XMLStreamException e) {
      throw e.getCause() instanceof IOException cause ? cause : new IOException(e);
    }
  }

  private static XMLStreamWriter writer(OutputStream target) throws XMLStreamException {
    synchronized (FACTORY) { // The JDK's keeps a writer for the next one.
      return FACTORY.createXMLStreamWriter(target, "utf-8");
    }
  }

  static void element(XMLStreamWriter out, String name, String text) throws XMLStreamException {
    out.writeStartElement(name);
    text(out, text);
    out.writeEndElement();
  }

  static void text(XMLStreamWriter out, String text) throws XMLStreamException {
    out.writeCharacters(possible(text));
  }

  static void attribute(XMLStreamWriter out, String name, String value) throws XMLStreamException {
    out.writeAttribute(name, possible(value));
  }

  /// XML has no way to write some characters, not even encoded.
  private static String possible(String text) {
    if (text.codePoints().allMatch(Xml::isPossible)) {
      return text;
    }
    var possible = new StringBuilder(text.length());
    text.codePoints().forEach(c -> possible.appendCodePoint(isPossible(c) ? c : REPLACEMENT));
    return possible.toString();
  }

  private static boolean isPossible(int c) {
    return c == '\t'
        || c == '\n'
        || c == '\r'
        || (c >= ' ' && c < 0xd800)
        || (c >= 0xe000 && c < 0xfffe)
        || c >= 0x10000;
  }

  /// A name for an element: what cannot stand in one is written as its number.
  static String name(String text) {
    var name = new StringBuilder(text.length());
    LOOKS_WRITTEN
        .matcher(text)
        .replaceAll("_x005F_")
        .codePoints()
        .forEach(c -> {
          var isLetter = c == '_' || (Character.isLetter(c) && c < 0x10000);
          var isOther = c == '-' || c == '.' || (c >= '0' && c <= '9');
          if (isLetter || (isOther && !name.isEmpty())) {
            name.appendCodePoint(c);
          } else {
            name.append((c < 0x10000 ? "_x%04X_" : "_x%08X_").formatted(c));
          }
        });
    return name.isEmpty() ? "_" : name.toString();
  }
}
