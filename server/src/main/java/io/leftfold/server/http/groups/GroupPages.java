// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.http.groups;

import io.leftfold.api.StreamName;
import io.leftfold.server.access.Right;
import io.leftfold.server.group.GroupDefinition;
import io.leftfold.server.group.GroupException;
import io.leftfold.server.group.GroupId;
import io.leftfold.server.group.GroupInfo;
import io.leftfold.server.group.GroupSource;
import io.leftfold.server.group.Groups;
import io.leftfold.server.group.NackAction;
import io.leftfold.server.http.atom.Reading;
import io.leftfold.server.http.atom.StreamPages;
import io.leftfold.server.http.atom.body.Ids;
import io.leftfold.server.http.atom.feed.Json;
import io.leftfold.server.http.exchange.Answer;
import io.leftfold.server.http.exchange.RefusedException;
import io.leftfold.server.http.exchange.Request;
import io.leftfold.server.http.exchange.Resource;
import io.leftfold.server.http.exchange.Status;
import io.leftfold.server.http.exchange.Target;
import io.leftfold.server.node.Session;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.BiConsumer;
import tools.jackson.core.JsonGenerator;

/// What there is behind `/subscriptions…`.
public final class GroupPages implements Resource.Routes {

  private static final String JSON = "application/json; charset=utf-8";
  private static final int COUNT_MAX = 100;

  private final Groups groups;
  private final HttpConsumers consumers;
  private final Reading reading;

  /// The pages.
  ///
  /// @param groups do what is asked
  /// @param reading shows what is parked
  public GroupPages(Groups groups, Reading reading) {
    this.groups = groups;
    this.consumers = new HttpConsumers(groups);
    this.reading = reading;
  }

  @Override
  public Optional<Resource> find(Target target) {
    var path = target.segmentsWithoutLastSlash();
    return switch (path.size()) {
      case 1 -> Optional.of(Resource.get(guarded(this::listAll)));
      case 2 ->
          path.get(1).equals("restart")
              ? Optional.of(Resource.post(guarded(this::restart)))
              : Optional.of(Resource.get(guarded(listing(path.get(1)))));
      default ->
          path.get(1).equals("viewparkedmessages")
              ? parked(path.subList(2, path.size()))
              : ofGroup(id(path.get(1), path.get(2)), path.subList(3, path.size()));
    };
  }

  private static GroupId id(String stream, String group) {
    return new GroupId(source(stream), group);
  }

  private static GroupSource source(String stream) {
    if (stream.equals(GroupSource.ALL)) {
      throw RefusedException.badRequest("$all is not a stream: ask for all streams over gRPC");
    }
    try {
      return new GroupSource.OfStream(StreamName.of(stream));
    } catch (IllegalArgumentException e) {
      throw RefusedException.badRequest(String.valueOf(e.getMessage()));
    }
  }

  private static StreamName stream(GroupId id) {
    return ((GroupSource.OfStream) id.source()).stream();
  }

  private Optional<Resource> ofGroup(GroupId id, List<String> rest) {
    if (rest.isEmpty()) {
      return Optional.of(
          Resource.getOnly(guarded(messages(id, 1)))
              .and("PUT", guarded((request, session) -> create(id, request, session)))
              .and("POST", guarded((request, session) -> update(id, request, session)))
              .and("DELETE", guarded((_, session) -> delete(id, session))));
    }
    var what = rest.getFirst();
    if (rest.size() == 1) {
      return switch (what) {
        case "info" ->
            Optional.of(Resource.get(guarded((request, session) -> info(id, request, session))));
        case "ack" ->
            Optional.of(
                Resource.post(guarded((request, session) -> ack(id, ids(request), session))));
        case "nack" ->
            Optional.of(
                Resource.post(
                    guarded((request, session) -> nack(id, ids(request), request, session))));
        case "replayParked" ->
            Optional.of(
                Resource.post(guarded(stopping(id, "replay parked events", groups::replayParked))));
        case "truncateParked" ->
            Optional.of(
                Resource.post(
                    guarded(stopping(id, "truncate parked events", groups::truncateParked))));
        default -> Optional.of(Resource.getOnly(guarded(messages(id, count(what)))));
      };
    }
    return rest.size() == 2 ? answering(id, what, rest.get(1)) : Optional.empty();
  }

  private Optional<Resource> answering(GroupId id, String what, String event) {
    return switch (what) {
      case "ack" ->
          Optional.of(
              Resource.post(guarded((_, session) -> ack(id, List.of(eventId(event)), session))));
      case "nack" ->
          Optional.of(
              Resource.post(
                  guarded(
                      (request, session) -> nack(id, List.of(eventId(event)), request, session))));
      default -> Optional.empty();
    };
  }

  private static UUID eventId(String text) {
    return Ids.of(text)
        .orElseThrow(
            () -> RefusedException.badRequest("'%s' is not a valid event id".formatted(text)));
  }

  private static List<UUID> ids(Request request) {
    return request
        .target()
        .parameter("ids")
        .map(ids -> Arrays.stream(ids.split(",", -1)).map(GroupPages::eventId).toList())
        .orElseThrow(() -> RefusedException.badRequest("There are no ids"));
  }

  private static int count(String text) {
    var count = text.matches("[0-9]{1,3}") ? Integer.parseInt(text) : 0;
    if (count < 1 || count > COUNT_MAX) {
      throw RefusedException.badRequest(
          "Message count must be an integer between 1 and %d 'count' = %s"
              .formatted(COUNT_MAX, text));
    }
    return count;
  }

  /// What groups object to, as an answer.
  private static Resource.Work guarded(Resource.Work work) {
    return (request, session) -> {
      try {
        return work.answer(request, session);
      } catch (GroupException e) {
        var status =
            switch (e.kind()) {
              case MISSING -> Status.NOT_FOUND;
              case EXISTS -> Status.CONFLICT;
              case FAILED, FULL, DROPPED -> Status.BAD_REQUEST;
            };
        return Answer.refusal(status, String.valueOf(e.getMessage()));
      }
    };
  }

  // ---- managing

  private static void manage(Session session, String action, Object subject, Runnable work) {
    session
        .operator()
        .does(
            Right.OnNode.MANAGE_GROUPS,
            action,
            subject.toString(),
            () -> {
              work.run();
              return true;
            });
  }

  private Answer create(GroupId id, Request request, Session session) {
    var settings = SettingsJson.read(json(request), id.source());
    var definition = new GroupDefinition(id, io.leftfold.api.EventFilter.everything(), settings);
    manage(
        session,
        "create persistent subscription",
        id,
        () -> groups.create(definition, session.caller().name()));
    return Answer.empty(Status.CREATED, "").with("Location", request.url(path(id)));
  }

  private static byte[] json(Request request) {
    if (request
        .header("content-type")
        .filter(type -> type.toLowerCase(Locale.ROOT).startsWith("application/json"))
        .isEmpty()) {
      throw new RefusedException(
          Answer.refusal(Status.UNSUPPORTED_MEDIA_TYPE, "Invalid or missing Content-Type"));
    }
    return request.body();
  }

  private Answer update(GroupId id, Request request, Session session) {
    var settings = SettingsJson.read(json(request), id.source());
    manage(
        session,
        "update persistent subscription",
        id,
        () -> groups.update(id, settings, session.caller().name()));
    return Answer.empty(Status.OK, "").with("Location", request.url(path(id)));
  }

  private Answer delete(GroupId id, Session session) {
    manage(
        session,
        "delete persistent subscription",
        id,
        () -> groups.delete(id, session.caller().name()));
    return Answer.empty(Status.OK, "");
  }

  private Answer restart(Request request, Session session) {
    manage(session, "restart persistent subscriptions", "all", groups::restart);
    return Answer.text(Status.OK, "text/plain; charset=utf-8", "Restarting").because("Restarting");
  }

  private static Resource.Work stopping(
      GroupId id, String action, BiConsumer<GroupId, OptionalLong> work) {
    return (request, session) -> {
      var stopAt =
          request
              .target()
              .parameter("stopat")
              .map(text -> {
                if (!text.matches("[0-9]{1,18}")) {
                  throw RefusedException.badRequest(
                      "stopAt should be a properly formed positive long");
                }
                return OptionalLong.of(Long.parseLong(text));
              })
              .orElse(OptionalLong.empty());
      manage(session, action, id, () -> work.accept(id, stopAt));
      return Answer.text(Status.OK, JSON, "{}");
    };
  }

  private static String path(GroupId id) {
    return "/subscriptions/%s/%s"
        .formatted(Target.encoded(id.source().toString()), Target.encoded(id.name()));
  }

  // ---- looking

  private Answer info(GroupId id, Request request, Session session) {
    session.require(Right.OnNode.STATISTICS);
    var info = groups.info(id);
    return Json.answer(json -> InfoJson.detail(json, info, request.base()));
  }

  private Resource.Work listing(String stream) {
    return (request, session) -> {
      session.require(Right.OnNode.STATISTICS);
      var infos = groups.list(source(stream));
      return Json.answer(json -> summaries(json, infos, request.base()));
    };
  }

  private static void summaries(JsonGenerator json, List<GroupInfo> infos, String base) {
    json.writeStartArray();
    infos.forEach(info -> InfoJson.summary(json, info, base));
    json.writeEndArray();
  }

  private Answer listAll(Request request, Session session) {
    session.require(Right.OnNode.STATISTICS);
    var infos = groups.list();
    var offset = number(request, "offset", 0);
    var count = number(request, "count", infos.size());
    var saysCount = request.target().parameter("count").isPresent();
    if (saysCount && count == 0) {
      throw RefusedException.badRequest("count is 1 or more, got 0");
    }
    var isPaged = saysCount || request.target().parameter("offset").isPresent();
    var shown =
        infos.subList(
            Math.min(offset, infos.size()), (int) Math.min((long) offset + count, infos.size()));
    return Json.answer(json -> {
      if (!isPaged) {
        summaries(json, infos, request.base());
        return;
      }
      json.writeStartObject();
      json.writeName("links");
      json.writeStartArray();
      link(json, request, "self", offset, count);
      if (offset > 0) {
        link(json, request, "previous", Math.max(0, offset - count), count);
      }
      if (offset + count < infos.size()) {
        link(json, request, "next", offset + count, count);
      }
      json.writeEndArray();
      json.writeNumberProperty("offset", offset);
      json.writeNumberProperty("count", shown.size());
      json.writeNumberProperty("total", infos.size());
      json.writeName("subscriptions");
      summaries(json, shown, request.base());
      json.writeEndObject();
    });
  }

  private static void link(
      JsonGenerator json, Request request, String relation, int offset, int count) {
    json.writeStartObject();
    json.writeStringProperty(
        "href", request.url("/subscriptions?offset=%d&count=%d".formatted(offset, count)));
    json.writeStringProperty("rel", relation);
    json.writeEndObject();
  }

  private static int number(Request request, String name, int otherwise) {
    return request
        .target()
        .parameter(name)
        .map(text -> {
          if (!text.matches("[0-9]{1,9}")) {
            throw RefusedException.badRequest("%s is a number, got %s".formatted(name, text));
          }
          return Integer.parseInt(text);
        })
        .orElse(otherwise);
  }

  private Optional<Resource> parked(List<String> path) {
    if (path.size() < 3) {
      return Optional.empty();
    }
    return StreamPages.events(
        reading, id(path.get(0), path.get(1)).parked(), path.subList(2, path.size()));
  }

  // ---- consuming

  private Resource.Work messages(GroupId id, int count) {
    return (request, session) -> {
      session.requireReading(stream(id));
      groups.info(id); // whoever names no group is told so
      return MessageFeed.answer(id, count, () -> consumers.of(id).take(count), request, session);
    };
  }

  private Answer ack(GroupId id, List<UUID> events, Session session) {
    session.requireReading(stream(id));
    consumers.known(id).ifPresent(consumer -> consumer.ack(events));
    return Answer.empty(Status.ACCEPTED, "");
  }

  private Answer nack(GroupId id, List<UUID> events, Request request, Session session) {
    session.requireReading(stream(id));
    var action = action(request.target().parameter("action").orElse("retry"));
    consumers.known(id).ifPresent(consumer -> consumer.nack(events, action));
    return Answer.empty(Status.ACCEPTED, "");
  }

  private static NackAction action(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "park" -> NackAction.PARK;
      case "retry", "unknown" -> NackAction.RETRY;
      case "skip" -> NackAction.SKIP;
      case "stop" -> NackAction.STOP;
      default ->
          throw RefusedException.badRequest(
              "The action is park, retry, skip or stop, got '%s'".formatted(text));
    };
  }
}
