// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.http.atom;

import io.leftfold.api.EventFilter;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.ResolvedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.api.SubscribeOptions;
import io.leftfold.server.http.atom.feed.Description;
import io.leftfold.server.http.atom.feed.Embed;
import io.leftfold.server.http.atom.feed.Entry;
import io.leftfold.server.http.atom.feed.Feed;
import io.leftfold.server.http.atom.feed.FeedJson;
import io.leftfold.server.http.atom.feed.FeedXml;
import io.leftfold.server.http.atom.feed.Urls;
import io.leftfold.server.http.exchange.Accept;
import io.leftfold.server.http.exchange.Answer;
import io.leftfold.server.http.exchange.Caching;
import io.leftfold.server.http.exchange.RefusedException;
import io.leftfold.server.http.exchange.Request;
import io.leftfold.server.http.exchange.Resource;
import io.leftfold.server.http.exchange.Status;
import io.leftfold.server.http.exchange.Target;
import io.leftfold.server.http.exchange.Waiting;
import io.leftfold.server.node.Session;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

/// Shows streams: pages of them, single events, and how they can be had.
public final class Reading {

  private static final StreamName ALL = StreamName.of("$all");

  /// What a page is made of. Not longer than 128 characters: nginx keeps nothing of which more is
  /// said.
  static final String VARY =
      "Accept, Kurrent-ResolveLinkTos, ES-ResolveLinkTos, " + Request.HEADERS_OF_BASE;

  private final AtomOptions options;
  private final Waiting waiting;
  private final Function<StreamName, List<String>> groups;

  /// Shows.
  ///
  /// @param options whether what is shown may be kept
  /// @param waiting for events that are asked for before they happen
  /// @param groups names the persistent subscriptions to a stream
  public Reading(AtomOptions options, Waiting waiting, Function<StreamName, List<String>> groups) {
    this.options = options;
    this.waiting = waiting;
    this.groups = groups;
  }

  /// Leads to the same without the slash at its end.
  Resource.Work withoutSlash(StreamName stream) {
    return (request, session) -> {
      var path = request.target().path();
      var query = request.target().query(_ -> true);
      var url =
          request.url(path.substring(0, path.length() - 1)) + (query.isEmpty() ? "" : "?" + query);
      var caching =
          options.isCached()
              ? Caching.forEver(session.readsWhatEverybodyMay(stream, false))
              : Caching.never();
      return caching
          .of(Answer.empty(Status.TEMPORARY_REDIRECT, "").with("Location", url))
          .with("Vary", VARY);
    };
  }

  // ---- pages

  /// The newest page, or how the stream can be had.
  Resource.Work newest(StreamName stream) {
    return describing(stream, stream(stream, Place.FIRST));
  }

  /// The newest page of all streams, or how they can be had.
  Resource.Work newest(EventFilter filter, String question) {
    return describing(ALL, all(Place.FIRST, filter, question));
  }

  private Resource.Work describing(StreamName stream, Resource.Work otherwise) {
    return (request, session) -> {
      var description = description(request, session, stream);
      return description.isPresent() ? description.get() : otherwise.answer(request, session);
    };
  }

  Resource.Work stream(StreamName stream, Place place) {
    return (request, session) -> {
      var type = Accept.choose(request, MediaTypes.FEED);
      if (type.equals(MediaTypes.HTML)) {
        return browser(stream);
      }
      var resolves = resolves(request, stream);
      var pages = new PagesOfStream(session, stream, resolves);
      var urls = new Urls(request.base());
      var patience = patience(request, place);
      var page = pages.open(place, urls);
      if (patience.isPresent() && (page.isEmpty() || isEmptyEnd(page.get()))) {
        page.ifPresent(Page::close);
        waiting.await(
            () -> session.subscribe(stream, behind(place.from())),
            patience.get(),
            request.presence());
        page = pages.open(place, urls);
      }
      var audience = new Audience(request, session, stream, resolves);
      return shown(audience, type, page.orElseThrow(RefusedException::notFound), urls);
    };
  }

  /// Links in streams of metadata are none.
  private static boolean resolves(Request request, StreamName stream) {
    return request.flag("ResolveLinkTos", !stream.isMetastream());
  }

  /// Who is shown something.
  ///
  /// @param resolves whether they see what links lead to
  private record Audience(Request request, Session session, StreamName stream, boolean resolves) {}

  Resource.Work all(Place place, EventFilter filter, String question) {
    return (request, session) -> {
      var type = Accept.choose(request, MediaTypes.FEED);
      if (type.equals(MediaTypes.HTML)) {
        return browser(ALL);
      }
      var resolves = request.flag("ResolveLinkTos", false);
      var pages = new PagesOfAll(session, filter, question, resolves, request.presence());
      if (place.from() > pages.end()) {
        throw new RefusedException(
            Answer.refusal(Status.FAILED, "Invalid position: it is beyond the end"));
      }
      var urls = new Urls(request.base());
      var patience = patience(request, place);
      var page = pages.open(place, urls);
      if (patience.isPresent() && isEmptyEnd(page)) {
        page.close();
        waiting.await(
            () -> session.subscribeToAll(behind(place.from()).filteredBy(filter)),
            patience.get(),
            request.presence());
        page = pages.open(place, urls);
      }
      return shown(new Audience(request, session, ALL, resolves), type, page, urls);
    };
  }

  private static SubscribeOptions behind(long from) {
    return from == 0 ? SubscribeOptions.fromBeginning() : SubscribeOptions.after(from - 1);
  }

  /// How long the caller waits for what has not happened: of pages with newer events alone.
  private static Optional<Duration> patience(Request request, Place place) {
    var said = request.option("LongPoll");
    if (said.isEmpty()) {
      return Optional.empty();
    }
    var seconds =
        said.get().value().matches("[0-9]{1,6}") ? Integer.parseInt(said.get().value()) : 0;
    if (seconds == 0) {
      throw Request.wrong(said.get());
    }
    return place.isForward() ? Optional.of(Duration.ofSeconds(seconds)) : Optional.empty();
  }

  private static boolean isEmptyEnd(Page page) {
    return page.feed().isHead() && !page.newestFirst().hasNext();
  }

  private Answer shown(Audience audience, String type, Page page, Urls urls) {
    var request = audience.request;
    var embed = request.target().parameter("embed").map(Embed::of).orElse(Embed.NONE);
    var caching = caching(audience, type, page.isFinal(), page.version());
    if (caching.isKnownTo(request)) {
      page.close();
      return caching.of(Answer.empty(Status.NOT_MODIFIED, "")).with("Vary", VARY);
    }
    var feed = page.feed().tag().isPresent() ? page.feed().tagged(caching.tag()) : page.feed();
    return caching
        .of(
            Answer.of(
                Status.OK,
                MediaTypes.header(type),
                out -> {
                  try {
                    write(out, type, feed, entries(page.newestFirst()), urls, embed);
                  } finally {
                    page.close();
                  }
                }))
        .with("Vary", VARY);
  }

  private static Iterator<Entry> entries(Iterator<ResolvedEvent> events) {
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return events.hasNext();
      }

      @Override
      public Entry next() {
        return Entry.of(events.next());
      }
    };
  }

  private static void write(
      java.io.OutputStream out,
      String type,
      Feed feed,
      Iterator<Entry> entries,
      Urls urls,
      Embed embed)
      throws java.io.IOException {
    if (MediaTypes.ATOM_XML.contains(type) || MediaTypes.PLAIN_XML.contains(type)) {
      FeedXml.write(out, feed, entries, urls, embed);
    } else {
      FeedJson.write(out, feed, entries, urls, embed);
    }
  }

  private Caching caching(Audience audience, String type, boolean isFinal, long version) {
    var session = audience.session;
    var stream = audience.stream;
    var isPublic = session.readsWhatEverybodyMay(stream, audience.resolves);
    if (isFinal && options.isCached()) {
      return Caching.forEver(isPublic);
    }
    // What else makes it another page than one with the same version.
    var look = Objects.hash(type, audience.resolves, audience.request.base());
    var tag = Optional.of("%d;%d".formatted(version, look));
    var maxAge = options.isCached() ? session.cacheControl(stream) : Optional.<Duration>empty();
    return new Caching(isPublic, maxAge, tag);
  }

  // ---- single events

  Resource.Work event(StreamName stream, long revision) {
    return (request, session) -> {
      var type = Accept.choose(request, MediaTypes.EVENT);
      if (type.equals(MediaTypes.HTML)) {
        return browser(stream);
      }
      var isHead = revision == Place.HEAD;
      var event = read(request, session, stream, isHead ? ReadOptions.END : revision);
      var audience = new Audience(request, session, stream, resolves(request, stream));
      var caching = caching(audience, type, !isHead, event.original().revision());
      if (caching.isKnownTo(request)) {
        return caching.of(Answer.empty(Status.NOT_MODIFIED, "")).with("Vary", VARY);
      }
      var urls = new Urls(request.base());
      return caching
          .of(Answer.of(Status.OK, MediaTypes.header(type), out -> write(out, type, event, urls)))
          .with("Vary", VARY);
    };
  }

  private static ResolvedEvent read(
      Request request, Session session, StreamName stream, long revision) {
    var options = ReadOptions.backwards().from(revision).limit(1);
    try (var read =
        session.read(stream, resolves(request, stream) ? options.resolvingLinks() : options)) {
      var events = read.iterator();
      if (events.hasNext()) {
        var event = events.next();
        if (event.event().isPresent()
            && (revision == ReadOptions.END || event.original().revision() == revision)) {
          return event;
        }
      }
      throw RefusedException.notFound();
    }
  }

  private static void write(java.io.OutputStream out, String type, ResolvedEvent event, Urls urls)
      throws java.io.IOException {
    if (MediaTypes.ATOM_JSON.contains(type)) {
      FeedJson.write(out, Entry.of(event), urls, Embed.CONTENT);
    } else if (MediaTypes.ATOM_XML.contains(type)) {
      FeedXml.write(out, Entry.of(event), urls, Embed.CONTENT);
    } else if (MediaTypes.EVENT_JSON.contains(type)) {
      FeedJson.writeEvent(out, event);
    } else if (MediaTypes.EVENT_XML.contains(type)) {
      FeedXml.writeEvent(out, event);
    } else if (type.equals(MediaTypes.JSON)) {
      FeedJson.writeData(out, event.event().orElseThrow());
    } else if (type.equals(MediaTypes.RAW)) {
      out.write(event.event().orElseThrow().data());
    } else {
      FeedXml.writeData(out, event.event().orElseThrow());
    }
  }

  // ---- how a stream can be had

  /// The description, if it was asked for or nothing was.
  private Optional<Answer> description(Request request, Session session, StreamName stream) {
    var offered = new ArrayList<>(MediaTypes.FEED);
    offered.addAll(MediaTypes.DESCRIPTIONS);
    var isAnything = Accept.isAnything(request);
    var type = isAnything ? MediaTypes.DESCRIPTION : Accept.choose(request, offered);
    if (!MediaTypes.DESCRIPTIONS.contains(type)) {
      return Optional.empty();
    }
    session.requireReading(stream);
    var description =
        new Description(
            stream.value(),
            new Urls(request.base()),
            MediaTypes.DESCRIPTIONS,
            MediaTypes.FEED,
            groups.apply(stream));
    var answer =
        Answer.of(
            isAnything ? Status.NOT_ACCEPTABLE : Status.OK,
            MediaTypes.header(type),
            description::writeTo);
    return Optional.of(Caching.never().of(answer).with("Vary", VARY));
  }

  /// A page for people, who are sent to the one about the stream.
  private static Answer browser(StreamName stream) {
    return Caching.never()
        .of(
            Answer.text(
                Status.OK,
                MediaTypes.header(MediaTypes.HTML),
                """
                <!doctype html>
                <html lang="en"><head><meta charset="utf-8"><title>Stream</title>
                <meta http-equiv="refresh" content="0; url=/ui/streams/%1$s"></head>
                <body><a href="/ui/streams/%1$s">The stream</a></body></html>
                """
                    .formatted(Target.encoded(stream.value()))))
        .with("Vary", VARY);
  }
}
