// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.http.atom.feed;

import io.leftfold.api.RecordedEvent;
import io.leftfold.api.ResolvedEvent;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Iterator;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/// Feeds and entries as XML.
public final class FeedXml {

  private static final String ATOM = "http://www.w3.org/2005/Atom";
  private static final String EMPTY_SINCE = "0001-01-01T00:00:00Z";

  private final XMLStreamWriter out;
  private final Urls urls;
  private final Embed embed;

  private FeedXml(XMLStreamWriter out, Urls urls, Embed embed) {
    this.out = out;
    this.urls = urls;
    this.embed = embed;
  }

  /// Writes a feed.
  ///
  /// @param target where to
  /// @param feed what it says before its entries
  /// @param entries newest first
  /// @param urls makes URLs
  /// @param embed how much of each event it has
  /// @throws IOException if it cannot be written there
  public static void write(
      OutputStream target, Feed feed, Iterator<Entry> entries, Urls urls, Embed embed)
      throws IOException {
    Xml.write(target, out -> new FeedXml(out, urls, embed).feed(feed, entries));
  }

  /// Writes an event as an entry of its own.
  ///
  /// @param target where to
  /// @param entry the entry
  /// @param urls makes URLs
  /// @param embed how much of the event it has
  /// @throws IOException if it cannot be written there
  public static void write(OutputStream target, Entry entry, Urls urls, Embed embed)
      throws IOException {
    Xml.write(
        target,
        out -> {
          out.writeStartElement("atom", "entry", ATOM);
          out.writeNamespace("atom", ATOM);
          new FeedXml(out, urls, embed).parts(entry, "atom");
          out.writeEndElement();
        });
  }

  private void feed(Feed feed, Iterator<Entry> entries) throws XMLStreamException {
    out.writeStartElement("feed");
    out.writeDefaultNamespace(ATOM);
    element("", "title", feed.title());
    element("", "id", feed.id());
    element("", "updated", feed.updated().map(Instant::toString).orElse(EMPTY_SINCE));
    author("");
    for (var link : feed.links()) {
      link("", link);
    }
    while (entries.hasNext()) {
      out.writeStartElement("entry");
      parts(entries.next(), "");
      out.writeEndElement();
    }
    out.writeEndElement();
  }

  private void parts(Entry entry, String prefix) throws XMLStreamException {
    var url = urls.event(entry.stream(), entry.revision());
    element(prefix, "title", entry.title());
    element(prefix, "id", url);
    element(prefix, "updated", entry.event().recorded().toString());
    author(prefix);
    element(prefix, "summary", entry.event().type());
    link(prefix, new Link(url, "edit"));
    link(prefix, new Link(url, "alternate"));
    for (var link : entry.extraLinks()) {
      link(prefix, link);
    }
    if (entry.retryCount().isPresent()) {
      element(prefix, "retryCount", Integer.toString(entry.retryCount().getAsInt()));
    }
    if (embed.isRich()) {
      rich(entry, prefix);
    }
    if (embed == Embed.CONTENT) {
      start(prefix, "content");
      out.writeAttribute("type", "application/xml");
      event(out, entry.event());
      out.writeEndElement();
    }
  }

  /// What [FeedJson] has, under the same names; what is null there is not here.
  private void rich(Entry entry, String prefix) throws XMLStreamException {
    var event = entry.event();
    var linkMetadata = entry.link().map(RecordedEvent::metadata).orElse(new byte[0]);
    element(prefix, "eventId", event.id().toString());
    element(prefix, "eventType", event.type());
    element(prefix, "eventNumber", Long.toString(event.revision()));
    body(prefix, "data", event.data(), isJson(event));
    body(prefix, "metaData", event.metadata(), true);
    body(prefix, "linkMetaData", linkMetadata, true);
    element(prefix, "streamId", event.stream().value());
    element(prefix, "isJson", Boolean.toString(isJson(event)));
    element(prefix, "isMetaData", Boolean.toString(event.metadata().length > 0));
    element(prefix, "isLinkMetaData", Boolean.toString(linkMetadata.length > 0));
    element(prefix, "isRedacted", "false");
    element(prefix, "positionEventNumber", Long.toString(entry.original().revision()));
    element(prefix, "positionStreamId", entry.original().stream().value());
  }

  private void body(String prefix, String name, byte[] bytes, boolean claimsJson)
      throws XMLStreamException {
    if (embed.hasBodies() && bytes.length > 0) {
      var text = embed.inLines(bytes, claimsJson);
      element(prefix, name, text.orElseGet(() -> new String(bytes, StandardCharsets.UTF_8)));
    }
  }

  private void start(String prefix, String name) throws XMLStreamException {
    if (prefix.isEmpty()) {
      out.writeStartElement(name);
    } else {
      out.writeStartElement(prefix, name, ATOM);
    }
  }

  private void element(String prefix, String name, String text) throws XMLStreamException {
    start(prefix, name);
    Xml.text(out, text);
    out.writeEndElement();
  }

  private void author(String prefix) throws XMLStreamException {
    start(prefix, "author");
    element(prefix, "name", Feed.AUTHOR);
    out.writeEndElement();
  }

  private void link(String prefix, Link link) throws XMLStreamException {
    start(prefix, "link");
    Xml.attribute(out, "href", link.url());
    Xml.attribute(out, "rel", link.relation());
    out.writeEndElement();
  }

  /// Writes an event in its envelope.
  ///
  /// @param target where to
  /// @param resolved the event
  /// @throws IOException if it cannot be written there
  public static void writeEvent(OutputStream target, ResolvedEvent resolved) throws IOException {
    Xml.write(
        target,
        out -> {
          out.writeStartElement("event");
          event(out, Entry.of(resolved).event());
          out.writeEndElement();
        });
  }

  private static void event(XMLStreamWriter out, RecordedEvent event) throws XMLStreamException {
    Xml.element(out, "eventStreamId", event.stream().value());
    Xml.element(out, "eventNumber", Long.toString(event.revision()));
    Xml.element(out, "eventType", event.type());
    Xml.element(out, "eventId", event.id().toString());
    JsonAsXml.write(out, "data", event.data(), isJson(event));
    JsonAsXml.write(out, "metadata", event.metadata(), true);
  }

  private static boolean isJson(RecordedEvent event) {
    return event.contentType() == io.leftfold.api.ContentType.JSON;
  }

  /// Writes the data of an event.
  ///
  /// @param target where to
  /// @param event the event
  /// @throws IOException if it cannot be written there
  public static void writeData(OutputStream target, RecordedEvent event) throws IOException {
    Xml.write(target, out -> JsonAsXml.write(out, "data", event.data(), isJson(event)));
  }
}
