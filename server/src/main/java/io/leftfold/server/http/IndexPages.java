// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.http;

import io.leftfold.server.http.exchange.Resource;
import io.leftfold.server.http.exchange.Target;
import io.leftfold.server.indexes.UserIndexes;
import io.leftfold.server.node.IndexControl;
import io.leftfold.server.node.Session;
import io.vertx.core.json.JsonObject;
import java.util.Optional;

/// `/v2/indexes`: user-defined indexes, each page a method of `IndexesService` in JSON.
public final class IndexPages implements Resource.Routes {

  /// How long the description of an index may be.
  public static final long BODY_BYTES_MAX = 4L << 20;

  private final PageTable pages = new PageTable();
  private final UserIndexes indexes;

  /// The pages.
  ///
  /// @param indexes do what is asked
  public IndexPages(UserIndexes indexes) {
    this.indexes = indexes;
    addAll();
  }

  /// What a page does.
  private interface Work {
    JsonObject answer(IndexControl control, PageRequest request);
  }

  /// Does something with one index.
  private interface Command {
    void run(IndexControl control, String name);
  }

  @Override
  public Optional<Resource> find(Target target) {
    return pages.find(target);
  }

  private void addAll() {
    page("GET", "/v2/indexes", (control, _) -> IndexJson.list(control.list()));
    page(
        "GET",
        "/v2/indexes/:name",
        (control, request) -> IndexJson.one(control.get(request.name())));
    page("POST", "/v2/indexes/:name", IndexPages::create);
    command("POST", "/v2/indexes/:name/start", IndexControl::start);
    command("POST", "/v2/indexes/:name/stop", IndexControl::stop);
    command("DELETE", "/v2/indexes/:name", IndexControl::delete);
  }

  private static JsonObject create(IndexControl control, PageRequest request) {
    var wanted = IndexJson.wanted(request.name(), request.body());
    control.create(wanted.definition(), wanted.start());
    return new JsonObject();
  }

  private void command(String method, String path, Command command) {
    page(
        method,
        path,
        (control, request) -> {
          command.run(control, request.name());
          return new JsonObject();
        });
  }

  private void page(String method, String path, Work work) {
    pages.add(method, path, (request, session) -> answer(request, session, work).answer());
  }

  private PageAnswer answer(PageRequest request, Session session, Work work) {
    var control = new IndexControl(session, indexes);
    try {
      return PageAnswer.json(work.answer(control, request));
    } catch (RuntimeException e) {
      return IndexRefusals.of(e, control);
    }
  }
}
