// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.http.groups;

import io.leftfold.server.group.GroupId;
import io.leftfold.server.http.atom.feed.Embed;
import io.leftfold.server.http.atom.feed.Entry;
import io.leftfold.server.http.atom.feed.Feed;
import io.leftfold.server.http.atom.feed.FeedJson;
import io.leftfold.server.http.atom.feed.FeedXml;
import io.leftfold.server.http.atom.feed.Link;
import io.leftfold.server.http.atom.feed.Urls;
import io.leftfold.server.http.exchange.Accept;
import io.leftfold.server.http.exchange.Answer;
import io.leftfold.server.http.exchange.Caching;
import io.leftfold.server.http.exchange.Request;
import io.leftfold.server.http.exchange.Status;
import io.leftfold.server.http.exchange.Target;
import io.leftfold.server.node.Session;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// What a competing consumer is given, as a feed.
final class MessageFeed {

  private static final List<String> TYPES =
      List.of(
          "application/vnd.kurrent.competingatom+json",
          "application/vnd.eventstore.competingatom+json",
          "application/vnd.kurrent.competingatom+xml",
          "application/vnd.eventstore.competingatom+xml");

  private MessageFeed() {}

  static Answer answer(
      GroupId id,
      int count,
      Supplier<List<HttpConsumer.Given>> taking,
      Request request,
      Session session) {
    var type = Accept.choose(request, TYPES);
    var embed = request.target().parameter("embed").map(Embed::of).orElse(Embed.NONE);
    // Only now, for a request that is refused takes nothing.
    var given = taking.get();
    var group =
        request.url(
            "/subscriptions/%s/%s"
                .formatted(Target.encoded(id.source().toString()), Target.encoded(id.name())));
    // Newest first, as in all feeds.
    var entries = given.reversed().stream().map(one -> entry(group, one, session)).toList();
    var feed = feed(id, group, count, given);
    var urls = new Urls(request.base());
    return Caching.never()
        .of(
            Answer.of(
                Status.OK,
                type + "; charset=utf-8",
                out -> {
                  if (type.endsWith("+xml")) {
                    FeedXml.write(out, feed, entries.iterator(), urls, embed);
                  } else {
                    FeedJson.write(out, feed, entries.iterator(), urls, embed);
                  }
                }))
        .with("Vary", "Accept");
  }

  private static Entry entry(String group, HttpConsumer.Given given, Session session) {
    var id = given.event().original().id();
    return Entry.of(session.delivered(given.event()))
        .forConsumer(
            List.of(
                new Link("%s/ack/%s".formatted(group, id), "ack"),
                new Link("%s/nack/%s".formatted(group, id), "nack")),
            given.retryCount());
  }

  private static Feed feed(GroupId id, String group, int count, List<HttpConsumer.Given> given) {
    var links = new ArrayList<Link>();
    if (!given.isEmpty()) {
      var ids =
          String.join(
              ",", given.stream().map(one -> one.event().original().id().toString()).toList());
      links.add(new Link("%s/ack?ids=%s".formatted(group, ids), "ackAll"));
      links.add(new Link("%s/nack?ids=%s".formatted(group, ids), "nackAll"));
    }
    links.add(new Link("%s/%d".formatted(group, count), "previous"));
    links.add(new Link(group, "self"));
    var updated =
        given.isEmpty()
            ? Optional.<Instant>empty()
            : Optional.of(given.getLast().event().original().recorded());
    return new Feed(
        "Messages for '%s/%s'".formatted(id.source(), id.name()),
        group,
        updated,
        Optional.of(id.source().toString()),
        false,
        Optional.empty(),
        Optional.empty(),
        links);
  }
}
