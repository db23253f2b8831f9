// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.http;

import static io.vertx.core.http.HttpMethod.DELETE;
import static io.vertx.core.http.HttpMethod.GET;
import static io.vertx.core.http.HttpMethod.POST;
import static io.vertx.core.http.HttpMethod.PUT;

import io.leftfold.projections.NewProjection;
import io.leftfold.projections.PartitionState;
import io.leftfold.projections.ProjectionConfig;
import io.leftfold.projections.ProjectionMode;
import io.leftfold.projections.ProjectionStatistics;
import io.leftfold.server.access.Authenticator;
import io.leftfold.server.node.Node;
import io.leftfold.server.node.ProjectionControl;
import io.leftfold.server.node.ServedProjections;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ThreadFactory;
import java.util.function.Predicate;
import java.util.function.Supplier;

/// `/projections/…` and `/projection/…`, as KurrentDB has them. Of our own are a version that is
/// built beside (`PUT …/query?beside=yes`, `…/command/cancel`), emitting again
/// (`…/command/reset?emitAgain=yes`) and another configuration while a projection runs (`PUT
/// …/config?running=yes`).
public final class ProjectionPages {

  private static final long BODY_BYTES_MAX = 4L << 20;
  private static final int CREATED = 201;

  /// What the type of a built-in one begins with.
  private static final String NATIVE = "native:";

  private final Controls controls;
  private final Supplier<UUID> ids;
  private final Clock clock;
  private final ThreadFactory threads;

  /// The pages.
  ///
  /// @param node knows what callers may
  /// @param projections do what is asked
  /// @param authenticator finds out who asks
  /// @param ids makes names for projections that are not given one
  /// @param clock tells the time
  /// @param threads makes a virtual thread for each request
  public ProjectionPages(
      Node node,
      ServedProjections projections,
      Authenticator authenticator,
      Supplier<UUID> ids,
      Clock clock,
      ThreadFactory threads) {
    controls = new Controls(node, projections, authenticator, ids);
    this.ids = ids;
    this.clock = clock;
    this.threads = threads;
  }

  /// What a page does.
  private interface Work {
    PageAnswer answer(ProjectionControl control, PageRequest request);
  }

  /// Adds the pages.
  ///
  /// @param router where to
  public void addTo(Router router) {
    new InquiryPages(controls, clock, threads, BODY_BYTES_MAX).addTo(router);
    list(router, "any", _ -> true);
    list(router, "all-non-transient", one -> one.mode() != ProjectionMode.TRANSIENT);
    list(router, "transient", one -> one.mode() == ProjectionMode.TRANSIENT);
    list(router, "onetime", one -> one.mode() == ProjectionMode.ONE_TIME);
    list(router, "continuous", one -> one.mode() == ProjectionMode.CONTINUOUS);
    page(router, POST, "/projections/transient", this::createTransient);
    page(router, POST, "/projections/onetime", this::createOneTime);
    page(router, POST, "/projections/continuous", this::createContinuous);
    page(router, POST, "/projections/restart", ProjectionPages::restart);
    page(router, GET, "/projection/:name", ProjectionPages::status);
    page(router, DELETE, "/projection/:name", ProjectionPages::delete);
    page(router, GET, "/projection/:name/query", ProjectionPages::query);
    page(router, PUT, "/projection/:name/query", ProjectionPages::update);
    page(router, GET, "/projection/:name/statistics", ProjectionPages::statistics);
    page(router, GET, "/projection/:name/state", ProjectionPages::state);
    page(router, GET, "/projection/:name/result", ProjectionPages::result);
    page(router, GET, "/projection/:name/config", ProjectionPages::config);
    page(router, PUT, "/projection/:name/config", ProjectionPages::configure);
    command(router, "enable", ProjectionControl::enable);
    command(router, "disable", ProjectionControl::disable);
    command(router, "abort", ProjectionControl::abort);
    page(router, POST, "/projection/:name/command/reset", ProjectionPages::reset);
    command(router, "cancel", ProjectionControl::cancelBuilding);
  }

  private void page(Router router, HttpMethod method, String path, Work work) {
    var route = router.route(method, path);
    if (method.equals(POST) || method.equals(PUT)) {
      route.handler(BodyHandler.create(false).setBodyLimit(BODY_BYTES_MAX));
    }
    route.handler(context -> answer(context, work));
  }

  private void list(Router router, String which, Predicate<ProjectionStatistics> wanted) {
    page(
        router,
        GET,
        "/projections/" + which,
        (control, request) ->
            PageAnswer.json(
                ProjectionJson.statistics(
                    control.list().stream().filter(wanted).toList(), request.base())));
  }

  private interface Command {
    void run(ProjectionControl control, String name);
  }

  private void command(Router router, String name, Command command) {
    page(
        router,
        POST,
        "/projection/:name/command/" + name,
        (control, request) -> {
          command.run(control, request.name());
          return done(request.name());
        });
  }

  private static PageAnswer done(String name) {
    return PageAnswer.json(new JsonObject().put("name", name));
  }

  // ---- creating

  private PageAnswer createTransient(ProjectionControl control, PageRequest request) {
    return create(
        control, request, NewProjection.transientQuery(named(request), request.body()), false);
  }

  private PageAnswer createOneTime(ProjectionControl control, PageRequest request) {
    var wanted = NewProjection.oneTime(named(request), request.body());
    return create(
        control,
        request,
        request.flag("checkpoints", false) ? wanted : wanted.withoutCheckpoints(),
        true);
  }

  private PageAnswer createContinuous(ProjectionControl control, PageRequest request) {
    var engine = request.parameter("engineversion").orElse("1");
    if (!engine.matches("[012]")) {
      throw new IllegalArgumentException("engineversion is 1 or 2, got " + engine);
    }
    return create(
        control,
        request,
        NewProjection.continuous(named(request), request.body())
            .withEngineVersion(engine.equals("2") ? 2 : 1),
        true);
  }

  private String named(PageRequest request) {
    return request.parameter("name").orElseGet(() -> ids.get().toString());
  }

  private static PageAnswer create(
      ProjectionControl control, PageRequest request, NewProjection wanted, boolean mayEmit) {
    requireScript(request);
    var config =
        ProjectionConfig.DEFAULT
            .withEmitEnabled(mayEmit && request.flag("emit", false))
            .withTrackEmittedStreams(mayEmit && request.flag("trackemittedstreams", false));
    var whole = wanted.with(config);
    control.create(request.flag("enabled", true) ? whole : whole.disabled());
    return new PageAnswer(
            CREATED, PageAnswer.JSON, new JsonObject().put("name", wanted.name()).encode())
        .with("location", ProjectionJson.url(request.base(), wanted.name()));
  }

  private static void requireScript(PageRequest request) {
    var type = request.parameter("type").orElse("JS");
    if (!type.equalsIgnoreCase("JS")) {
      throw new IllegalArgumentException(
          "A projection is a script: its type is JS, got %s. What native ones do is answered by the index"
              .formatted(type));
    }
  }

  // ---- one projection

  private static PageAnswer status(ProjectionControl control, PageRequest request) {
    return PageAnswer.json(
        ProjectionJson.statistics(control.statistics(request.name()), request.base()));
  }

  private static PageAnswer statistics(ProjectionControl control, PageRequest request) {
    return PageAnswer.json(
        ProjectionJson.statistics(List.of(control.statistics(request.name())), request.base()));
  }

  private static PageAnswer query(ProjectionControl control, PageRequest request) {
    var query = control.query(request.name());
    return request.flag("config", false)
        ? PageAnswer.json(ProjectionJson.query(query))
        : new PageAnswer(PageAnswer.OK, "application/javascript; charset=utf-8", query.query());
  }

  private static PageAnswer update(ProjectionControl control, PageRequest request) {
    if (!request.parameter("type").orElse("JS").startsWith(NATIVE)
        || !control.statistics(request.name()).isBuiltIn()) {
      requireScript(request);
    }
    var emit = request.parameter("emit").map(_ -> request.flag("emit", false));
    if (request.flag("beside", false)) {
      control.buildBeside(request.name(), request.body(), emit);
    } else {
      control.update(request.name(), request.body(), emit, Optional.empty());
    }
    return done(request.name());
  }

  private static PageAnswer reset(ProjectionControl control, PageRequest request) {
    if (request.flag("emitAgain", false)) {
      control.emitAgain(request.name());
    } else {
      control.reset(request.name());
    }
    return done(request.name());
  }

  private static PageAnswer delete(ProjectionControl control, PageRequest request) {
    control.delete(
        request.name(),
        new ProjectionControl.Deletion(
            request.flag("deleteEmittedStreams", false),
            request.flag("deleteStateStream", false),
            request.flag("deleteCheckpointStream", false)));
    return done(request.name());
  }

  private static PageAnswer state(ProjectionControl control, PageRequest request) {
    return shown(control.state(request.name(), request.parameter("partition").orElse("")));
  }

  private static PageAnswer result(ProjectionControl control, PageRequest request) {
    return shown(control.result(request.name(), request.parameter("partition").orElse("")));
  }

  static PageAnswer shown(PartitionState state) {
    var answer =
        new PageAnswer(PageAnswer.OK, PageAnswer.JSON, state.json())
            .with("cache-control", "max-age=0, no-cache, must-revalidate");
    if (state.position() < 0) {
      return answer;
    }
    var position =
        new JsonObject().put("$c", state.position()).put("$p", state.position()).encode();
    return answer.with("Kurrent-Position", position).with("ES-Position", position);
  }

  private static PageAnswer config(ProjectionControl control, PageRequest request) {
    return PageAnswer.json(ProjectionJson.config(control.query(request.name()).config()));
  }

  private static PageAnswer configure(ProjectionControl control, PageRequest request) {
    var config = ProjectionJson.config(control.query(request.name()).config(), request.body());
    if (request.flag("running", false)) {
      control.reconfigure(request.name(), config);
    } else {
      control.configure(request.name(), config);
    }
    return done(request.name());
  }

  private static PageAnswer restart(ProjectionControl control, PageRequest request) {
    control.restart();
    return PageAnswer.text(PageAnswer.OK, "Restarting");
  }

  // ---- answering

  private void answer(RoutingContext context, Work work) {
    var request = PageRequest.of(context);
    Aside.ask(
        context,
        threads,
        controls.answering(context, control -> work.answer(control, request)),
        answer -> answer.send(context));
  }
}
