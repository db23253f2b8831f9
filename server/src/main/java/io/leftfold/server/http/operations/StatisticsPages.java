// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.http.operations;

import io.leftfold.server.access.Caller;
import io.leftfold.server.http.atom.feed.Json;
import io.leftfold.server.http.exchange.Answer;
import io.leftfold.server.http.exchange.Caching;
import io.leftfold.server.http.exchange.RefusedException;
import io.leftfold.server.http.exchange.Request;
import io.leftfold.server.http.exchange.Resource;
import io.leftfold.server.http.exchange.Status;
import io.leftfold.server.http.exchange.Target;
import io.leftfold.server.node.Connections;
import io.leftfold.server.node.Session;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import tools.jackson.core.JsonGenerator;

/// What there is behind `/stats…`: figures by their names, in groups (`proc-cpu` is `cpu` in
/// `proc`) unless `?group=false`. With `?metadata=true` each is an object that says its whole name
/// besides.
public final class StatisticsPages implements Resource.Routes {

  private static final String JSON = "application/json; charset=utf-8";
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Pattern NUMBER = Pattern.compile("-?[0-9]{1,18}(\\.[0-9]{1,9})?");

  private final Supplier<TcpPort> tcp;

  /// The pages.
  ///
  /// @param tcp where the old TCP protocol is spoken, asked for at each request
  public StatisticsPages(Supplier<TcpPort> tcp) {
    this.tcp = tcp;
  }

  /// A port of the old TCP protocol.
  ///
  /// @param endPoint address and port on which it listens
  /// @param isEncrypted whether TLS is spoken there
  public record TcpPort(String endPoint, boolean isEncrypted) {}

  /// Figures and groups of them.
  private sealed interface Node {
    record Figure(String name, String text) implements Node {}

    record Group(SortedMap<String, Node> members) implements Node {}
  }

  @Override
  public Optional<Resource> find(Target target) {
    var all = target.segmentsWithoutLastSlash();
    var path = all.subList(1, all.size());
    if (path.equals(List.of("replication"))) {
      return Optional.of(Resource.get(StatisticsPages::none));
    }
    if (path.equals(List.of("tcp"))) {
      return Optional.of(Resource.get((_, session) -> connections(session)));
    }
    return Optional.of(Resource.get((request, session) -> figures(request, session, path)));
  }

  /// What waits to be taken of one is not known here, and so not said.
  private Answer connections(Session session) {
    var open = session.statistics().connections();
    var port = tcp.get();
    return kept(
        Json.answer(json -> {
          json.writeStartArray();
          open.forEach(connection -> write(json, connection, port));
          json.writeEndArray();
        }),
        session);
  }

  private static void write(JsonGenerator json, Connections.Open connection, TcpPort port) {
    json.writeStartObject();
    json.writeStringProperty("remoteEndPoint", connection.peer());
    json.writeStringProperty("localEndPoint", port.endPoint());
    json.writeStringProperty("clientConnectionName", connection.name());
    json.writeStringProperty("connectionId", connection.id().toString());
    json.writeNumberProperty("totalBytesSent", connection.sentBytes());
    json.writeNumberProperty("totalBytesReceived", connection.receivedBytes());
    json.writeBooleanProperty("isExternalConnection", true);
    json.writeBooleanProperty("isSslConnection", port.isEncrypted());
    json.writeEndObject();
  }

  /// There are no other nodes.
  private static Answer none(Request request, Session session) {
    session.statistics().ofNode();
    return kept(Answer.text(Status.OK, JSON, "[]"), session);
  }

  private static Answer figures(Request request, Session session, List<String> path) {
    var figures = session.statistics().ofNode();
    var isGrouped = flag(request, "group", true);
    if (!isGrouped && !path.isEmpty()) {
      throw RefusedException.badRequest(
          "A part of the statistics can be had in groups alone, not with group=false");
    }
    var shown = found(isGrouped ? grouped(figures) : flat(figures), path);
    var withNames = flag(request, "metadata", false);
    return kept(Json.answer(json -> write(json, shown, withNames)), session);
  }

  private static boolean flag(Request request, String name, boolean otherwise) {
    return switch (request.target().parameter(name).orElse("").toLowerCase(Locale.ROOT)) {
      case "true" -> true;
      case "false" -> false;
      default -> otherwise;
    };
  }

  /// For a second; by caches that many share only what nobody has to log in for.
  private static Answer kept(Answer answer, Session session) {
    var isPublic = !(session.caller() instanceof Caller.User);
    return new Caching(isPublic, Optional.of(SECOND), Optional.empty()).of(answer);
  }

  private static Node.Group flat(Map<String, String> figures) {
    var all = new TreeMap<String, Node>();
    figures.forEach((name, figure) -> all.put(name, new Node.Figure(name, figure)));
    return new Node.Group(all);
  }

  private static Node.Group grouped(Map<String, String> figures) {
    var root = new Node.Group(new TreeMap<>());
    figures.forEach((name, figure) -> {
      var group = root;
      var names = name.split("-", -1);
      for (var i = 0; i < names.length - 1; i++) {
        // What is a figure and a group is a group alone.
        var inner =
            group.members.compute(
                names[i],
                (_, known) ->
                    known instanceof Node.Group ? known : new Node.Group(new TreeMap<>()));
        group = (Node.Group) inner;
      }
      group.members.putIfAbsent(names[names.length - 1], new Node.Figure(name, figure));
    });
    return root;
  }

  private static Node found(Node root, List<String> path) {
    var found = root;
    for (var name : path) {
      if (!(found instanceof Node.Group(var members)) || !members.containsKey(name)) {
        throw RefusedException.notFound();
      }
      found = members.get(name);
    }
    return found;
  }

  private static void write(JsonGenerator json, Node node, boolean withNames) {
    switch (node) {
      case Node.Figure figure when withNames -> {
        json.writeStartObject();
        json.writeName("value");
        write(json, figure.text);
        json.writeStringProperty("title", figure.name);
        json.writeEndObject();
      }
      case Node.Figure figure -> write(json, figure.text);
      case Node.Group(var members) -> {
        json.writeStartObject();
        members.forEach((name, member) -> {
          json.writeName(name);
          write(json, member, withNames);
        });
        json.writeEndObject();
      }
    }
  }

  private static void write(JsonGenerator json, String figure) {
    if (NUMBER.matcher(figure).matches()) {
      json.writeNumber(figure);
    } else {
      json.writeString(figure);
    }
  }
}
