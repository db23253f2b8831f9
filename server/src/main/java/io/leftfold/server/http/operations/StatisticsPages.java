// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.http.operations;

import io.leftfold.server.http.atom.feed.Json;
import io.leftfold.server.http.exchange.Answer;
import io.leftfold.server.http.exchange.RefusedException;
import io.leftfold.server.http.exchange.Request;
import io.leftfold.server.http.exchange.Resource;
import io.leftfold.server.http.exchange.Status;
import io.leftfold.server.http.exchange.Target;
import io.leftfold.server.node.Session;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import tools.jackson.core.JsonGenerator;

/// What there is behind `/stats…`: figures by their names, in groups (`proc-cpu` is `cpu` in
/// `proc`) unless `?group=false`.
public final class StatisticsPages implements Resource.Routes {

  private static final String JSON = "application/json; charset=utf-8";
  private static final String FOR_A_SECOND = "max-age=1, public";
  private static final Pattern NUMBER = Pattern.compile("-?[0-9]{1,18}(\\.[0-9]{1,9})?");

  /// The pages.
  public StatisticsPages() {}

  /// Figures and groups of them.
  private sealed interface Node {
    record Figure(String text) implements Node {}

    record Group(SortedMap<String, Node> members) implements Node {}
  }

  @Override
  public Optional<Resource> find(Target target) {
    var path = target.segments().subList(1, target.segments().size());
    if (path.equals(List.of("replication")) || path.equals(List.of("tcp"))) {
      return Optional.of(Resource.get(StatisticsPages::none));
    }
    return Optional.of(
        Resource.get(
            path.isEmpty()
                ? StatisticsPages::all
                : (_, session) -> answer(grouped(session.statistics().ofNode()), path)));
  }

  /// There are no other nodes, and no connections of that kind.
  private static Answer none(Request request, Session session) {
    session.statistics().ofNode();
    return Answer.text(Status.OK, JSON, "[]").with("Cache-Control", FOR_A_SECOND);
  }

  private static Answer all(Request request, Session session) {
    var figures = session.statistics().ofNode();
    return request.target().parameter("group").filter("false"::equalsIgnoreCase).isPresent()
        ? answer(flat(figures), List.of())
        : answer(grouped(figures), List.of());
  }

  private static Node.Group flat(Map<String, String> figures) {
    var all = new TreeMap<String, Node>();
    figures.forEach((name, figure) -> all.put(name, new Node.Figure(figure)));
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
      group.members.putIfAbsent(names[names.length - 1], new Node.Figure(figure));
    });
    return root;
  }

  private static Answer answer(Node root, List<String> path) {
    var found = root;
    for (var name : path) {
      if (!(found instanceof Node.Group(var members)) || !members.containsKey(name)) {
        throw RefusedException.notFound();
      }
      found = members.get(name);
    }
    var shown = found;
    return Answer.of(Status.OK, JSON, out -> Json.write(out, json -> write(json, shown)))
        .with("Cache-Control", FOR_A_SECOND);
  }

  private static void write(JsonGenerator json, Node node) {
    switch (node) {
      case Node.Figure(var text) -> {
        if (NUMBER.matcher(text).matches()) {
          json.writeNumber(text);
        } else {
          json.writeString(text);
        }
      }
      case Node.Group(var members) -> {
        json.writeStartObject();
        members.forEach((name, member) -> {
          json.writeName(name);
          write(json, member);
        });
        json.writeEndObject();
      }
    }
  }
}
