// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.http.atom.feed;

import io.leftfold.api.ContentType;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.ResolvedEvent;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Iterator;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.SerializableString;
import tools.jackson.core.io.SerializedString;

/// Feeds and entries as JSON.
public final class FeedJson {

  private static final String EMPTY_SINCE = "0001-01-01T00:00:00Z";

  private static final SerializableString ID = new SerializedString("id");
  private static final SerializableString TITLE = new SerializedString("title");
  private static final SerializableString UPDATED = new SerializedString("updated");
  private static final SerializableString AUTHOR = new SerializedString("author");
  private static final SerializableString NAME = new SerializedString("name");
  private static final SerializableString KURRENT = new SerializedString(Feed.AUTHOR);
  private static final SerializableString SUMMARY = new SerializedString("summary");
  private static final SerializableString LINKS = new SerializedString("links");
  private static final SerializableString URI = new SerializedString("uri");
  private static final SerializableString RELATION = new SerializedString("relation");
  private static final SerializableString EDIT = new SerializedString("edit");
  private static final SerializableString ALTERNATE = new SerializedString("alternate");
  private static final SerializableString DATA = new SerializedString("data");
  private static final SerializableString META_DATA = new SerializedString("metaData");
  private static final SerializableString LINK_META_DATA = new SerializedString("linkMetaData");

  private final JsonGenerator out;
  private final Urls urls;
  private final Embed embed;

  private FeedJson(JsonGenerator out, Urls urls, Embed embed) {
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
    Json.write(target, out -> new FeedJson(out, urls, embed).feed(feed, entries));
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
    Json.write(target, out -> new FeedJson(out, urls, embed).entry(entry));
  }

  private void feed(Feed feed, Iterator<Entry> entries) {
    out.writeStartObject();
    out.writeStringProperty("title", feed.title());
    out.writeStringProperty("id", feed.id());
    out.writeName(UPDATED);
    out.writeString(feed.updated().map(Instant::toString).orElse(EMPTY_SINCE));
    if (feed.streamId().isPresent()) {
      out.writeStringProperty("streamId", feed.streamId().get());
    } else {
      out.writeNullProperty("streamId");
    }
    author();
    out.writeBooleanProperty("headOfStream", feed.isHead());
    feed.selfUrl().ifPresent(url -> out.writeStringProperty("selfUrl", url));
    feed.tag().ifPresent(tag -> out.writeStringProperty("eTag", tag));
    out.writeName(LINKS);
    out.writeStartArray();
    feed.links().forEach(this::link);
    out.writeEndArray();
    out.writeName("entries");
    out.writeStartArray();
    while (entries.hasNext()) {
      entry(entries.next());
    }
    out.writeEndArray();
    out.writeEndObject();
  }

  private void author() {
    out.writeName(AUTHOR);
    out.writeStartObject();
    out.writeName(NAME);
    out.writeString(KURRENT);
    out.writeEndObject();
  }

  private void link(Link link) {
    out.writeStartObject();
    out.writeName(URI);
    out.writeString(link.url());
    out.writeName(RELATION);
    out.writeString(link.relation());
    out.writeEndObject();
  }

  private void link(String url, SerializableString relation) {
    out.writeStartObject();
    out.writeName(URI);
    out.writeString(url);
    out.writeName(RELATION);
    out.writeString(relation);
    out.writeEndObject();
  }

  private void entry(Entry entry) {
    out.writeStartObject();
    if (embed.isRich()) {
      rich(entry);
    }
    var url = urls.event(entry.stream(), entry.revision());
    out.writeName(TITLE);
    out.writeString(entry.title());
    out.writeName(ID);
    out.writeString(url);
    out.writeName(UPDATED);
    out.writeString(entry.event().recorded().toString());
    author();
    out.writeName(SUMMARY);
    out.writeString(entry.event().type());
    if (embed == Embed.CONTENT) {
      out.writeName("content");
      content(entry);
    }
    out.writeName(LINKS);
    out.writeStartArray();
    link(url, EDIT);
    link(url, ALTERNATE);
    entry.extraLinks().forEach(this::link);
    out.writeEndArray();
    entry.retryCount().ifPresent(count -> out.writeNumberProperty("retryCount", count));
    out.writeEndObject();
  }

  private void rich(Entry entry) {
    var event = entry.event();
    out.writeStringProperty("eventId", event.id().toString());
    out.writeStringProperty("eventType", event.type());
    out.writeNumberProperty("eventNumber", event.revision());
    bodies(entry);
    out.writeStringProperty("streamId", event.stream().value());
    out.writeBooleanProperty("isJson", event.contentType() == ContentType.JSON);
    out.writeBooleanProperty("isMetaData", event.metadata().length > 0);
    out.writeBooleanProperty(
        "isLinkMetaData", entry.link().map(link -> link.metadata().length > 0).orElse(false));
    out.writeBooleanProperty("isRedacted", false);
    out.writeNumberProperty("positionEventNumber", entry.original().revision());
    out.writeStringProperty("positionStreamId", entry.original().stream().value());
  }

  private void bodies(Entry entry) {
    var event = entry.event();
    out.writeName(DATA);
    body(event.data(), event.contentType() == ContentType.JSON);
    out.writeName(META_DATA);
    body(event.metadata(), true);
    out.writeName(LINK_META_DATA);
    body(entry.link().map(RecordedEvent::metadata).orElse(new byte[0]), true);
  }

  private void body(byte[] bytes, boolean isJson) {
    if (!embed.hasBodies() || bytes.length == 0) {
      out.writeNull();
      return;
    }
    var lines = embed.inLines(bytes, isJson);
    if (lines.isPresent()) {
      out.writeString(lines.get());
    } else {
      Json.text(out, bytes);
    }
  }

  /// Writes an event in its envelope.
  ///
  /// @param target where to
  /// @param resolved the event
  /// @throws IOException if it cannot be written there
  public static void writeEvent(OutputStream target, ResolvedEvent resolved) throws IOException {
    var entry = Entry.of(resolved);
    Json.write(target, out -> new FeedJson(out, new Urls(""), Embed.CONTENT).content(entry));
  }

  private void content(Entry entry) {
    var event = entry.event();
    out.writeStartObject();
    out.writeStringProperty("eventStreamId", event.stream().value());
    out.writeNumberProperty("eventNumber", event.revision());
    out.writeStringProperty("eventType", event.type());
    out.writeStringProperty("eventId", event.id().toString());
    out.writeName(DATA);
    value(event.data(), event.contentType() == ContentType.JSON);
    out.writeName("metadata");
    value(event.metadata(), true);
    out.writeEndObject();
  }

  private void value(byte[] bytes, boolean claimsJson) {
    if (!claimsJson || !Json.value(out, bytes)) {
      out.writeString(new String(bytes, StandardCharsets.UTF_8));
    }
  }

  /// Writes the data of an event: JSON as it was recorded, anything else as a text.
  ///
  /// @param target where to
  /// @param event the event
  /// @throws IOException if it cannot be written there
  public static void writeData(OutputStream target, RecordedEvent event) throws IOException {
    if (event.contentType() == ContentType.JSON) {
      target.write(event.data());
    } else {
      Json.write(target, out -> Json.text(out, event.data()));
    }
  }
}
