// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.http;

import io.leftfold.projections.NewProjection;
import io.leftfold.projections.PartitionState;
import io.leftfold.projections.ProjectionConfig;
import io.leftfold.projections.ProjectionMode;
import io.leftfold.projections.ProjectionStatistics;
import io.leftfold.server.http.exchange.Resource;
import io.leftfold.server.http.exchange.Target;
import io.leftfold.server.node.ProjectionControl;
import io.leftfold.server.node.ProjectionInquiries;
import io.leftfold.server.node.ServedProjections;
import io.vertx.core.json.JsonObject;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.function.Supplier;

/// `/projections/…` and `/projection/…`, as KurrentDB has them. Of our own are a version that is
/// built beside (`PUT …/query?beside=yes`, `…/command/cancel`), emitting again
/// (`…/command/reset?emitAgain=yes`) and another configuration while a projection runs (`PUT
/// …/config?running=yes`).
public final class ProjectionPages implements Resource.Routes {

  /// How long a script may be, with what else is said of it.
  public static final long BODY_BYTES_MAX = 4L << 20;

  private static final int CREATED = 201;

  /// What the type of a built-in one begins with.
  private static final String NATIVE = "native:";

  private final PageTable pages = new PageTable();
  private final Controls controls;
  private final Supplier<UUID> ids;

  /// The pages.
  ///
  /// @param projections do what is asked
  /// @param ids makes names for projections that are not given one
  /// @param clock tells the time
  public ProjectionPages(ServedProjections projections, Supplier<UUID> ids, Clock clock) {
    controls = new Controls(projections, ids);
    this.ids = ids;
    addAll(new InquiryPages(controls, clock));
  }

  /// What a page does.
  interface Work {
    PageAnswer answer(ProjectionControl control, PageRequest request);
  }

  @Override
  public Optional<Resource> find(Target target) {
    return pages.find(target);
  }

  private void addAll(InquiryPages inquiries) {
    inquiries.addTo(pages);
    list("any", _ -> true);
    list("all-non-transient", one -> one.mode() != ProjectionMode.TRANSIENT);
    list("transient", one -> one.mode() == ProjectionMode.TRANSIENT);
    list("onetime", one -> one.mode() == ProjectionMode.ONE_TIME);
    list("continuous", one -> one.mode() == ProjectionMode.CONTINUOUS);
    page("POST", "/projections/transient", this::createTransient);
    page("POST", "/projections/onetime", this::createOneTime);
    page("POST", "/projections/continuous", this::createContinuous);
    page("POST", "/projections/restart", ProjectionPages::restart);
    page("GET", "/projection/:name", ProjectionPages::status);
    page("DELETE", "/projection/:name", ProjectionPages::delete);
    page("GET", "/projection/:name/query", ProjectionPages::query);
    page("PUT", "/projection/:name/query", ProjectionPages::update);
    page("GET", "/projection/:name/statistics", ProjectionPages::statistics);
    pages.add(
        "GET",
        "/projection/:name/state",
        inquiries.orPast(ProjectionInquiries::state, ProjectionPages::state));
    pages.add(
        "GET",
        "/projection/:name/result",
        inquiries.orPast(ProjectionInquiries::result, ProjectionPages::result));
    page("GET", "/projection/:name/config", ProjectionPages::config);
    page("PUT", "/projection/:name/config", ProjectionPages::configure);
    command("enable", ProjectionControl::enable);
    command("disable", ProjectionControl::disable);
    command("abort", ProjectionControl::abort);
    page("POST", "/projection/:name/command/reset", ProjectionPages::reset);
    command("cancel", ProjectionControl::cancelBuilding);
  }

  private void page(String method, String path, Work work) {
    pages.add(
        method,
        path,
        (request, session) ->
            controls.answer(session, control -> work.answer(control, request)).answer());
  }

  private void list(String which, Predicate<ProjectionStatistics> wanted) {
    page(
        "GET",
        "/projections/" + which,
        (control, request) ->
            PageAnswer.json(
                ProjectionJson.statistics(
                    control.list().stream().filter(wanted).toList(), request.base())));
  }

  private interface Command {
    void run(ProjectionControl control, String name);
  }

  private void command(String name, Command command) {
    page(
        "POST",
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
}
