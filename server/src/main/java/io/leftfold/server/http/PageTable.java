// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.http;

import io.leftfold.server.http.exchange.Answer;
import io.leftfold.server.http.exchange.Resource;
import io.leftfold.server.http.exchange.Target;
import io.leftfold.server.node.Session;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Pages by their methods and paths. Of the paths that fit, the one added first is taken; a slash
/// at the end makes no difference.
final class PageTable implements Resource.Routes {

  /// Stands in a path for whatever names something.
  private static final String NAME = ":name";

  private final Map<List<String>, Map<String, Work>> pages = new LinkedHashMap<>();

  /// What a page does.
  interface Work {
    Answer answer(PageRequest request, Session session);
  }

  /// @param method in capitals
  /// @param path with its slash in front, and perhaps a `:name` in it
  void add(String method, String path, Work work) {
    pages
        .computeIfAbsent(List.of(path.substring(1).split("/", -1)), _ -> new LinkedHashMap<>())
        .put(method, work);
  }

  @Override
  public Optional<Resource> find(Target target) {
    var asked = target.segmentsWithoutLastSlash();
    return pages.entrySet().stream()
        .filter(page -> fits(page.getKey(), asked))
        .findFirst()
        .map(page -> resource(page.getValue(), name(page.getKey(), asked)));
  }

  private static boolean fits(List<String> path, List<String> asked) {
    if (path.size() != asked.size()) {
      return false;
    }
    for (var i = 0; i < path.size(); i++) {
      var isName = path.get(i).equals(NAME);
      if (isName ? asked.get(i).isEmpty() : !path.get(i).equals(asked.get(i))) {
        return false;
      }
    }
    return true;
  }

  private static String name(List<String> path, List<String> asked) {
    var at = path.indexOf(NAME);
    return at < 0 ? "" : asked.get(at);
  }

  private static Resource resource(Map<String, Work> works, String name) {
    var get = works.get("GET");
    var resource = get == null ? new Resource(Map.of()) : Resource.get(named(get, name));
    for (var work : works.entrySet()) {
      if (!work.getKey().equals("GET")) {
        resource = resource.and(work.getKey(), named(work.getValue(), name));
      }
    }
    return resource;
  }

  private static Resource.Work named(Work work, String name) {
    return (request, session) -> work.answer(new PageRequest(name, request), session);
  }
}
