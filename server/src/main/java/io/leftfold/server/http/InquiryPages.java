// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.http;

import static io.vertx.core.http.HttpMethod.GET;
import static io.vertx.core.http.HttpMethod.POST;

import io.leftfold.api.AsOf;
import io.leftfold.projections.DebugStart;
import io.leftfold.projections.FoldProgress;
import io.leftfold.projections.PartitionState;
import io.leftfold.server.node.ProjectionInquiries;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.concurrent.ThreadFactory;

/// What takes a while about projections: states and results of the past (`?asOf=`), debug runs,
/// lists, taking up what was set aside, and the events that a script elsewhere would be given.
/// Whoever goes away ends what they have asked for, but for what changes something.
final class InquiryPages {

  private static final int STEPS_IF_NOT_SAID = 10;
  private static final int PARTITIONS_IF_NOT_SAID = 1_000;
  private static final int PARKED_IF_NOT_SAID = 100;

  private final Controls controls;
  private final Clock clock;
  private final ThreadFactory threads;
  private final long bodyBytesMax;

  /// @param clock tells when there is to be news of how far something is
  /// @param threads makes a virtual thread for each request
  /// @param bodyBytesMax how long a script may be
  InquiryPages(Controls controls, Clock clock, ThreadFactory threads, long bodyBytesMax) {
    this.controls = controls;
    this.clock = clock;
    this.threads = threads;
    this.bodyBytesMax = bodyBytesMax;
  }

  /// What a page does.
  private interface Work {
    PageAnswer answer(ProjectionInquiries inquiries, PageRequest request, FoldProgress progress);
  }

  /// Adds the pages; before those of states and results as they are now.
  void addTo(Router router) {
    past(router, "state", ProjectionInquiries::state);
    past(router, "result", ProjectionInquiries::result);
    page(router, GET, "/projection/:name/debug", InquiryPages::debug);
    page(router, POST, "/projections/debug", InquiryPages::debugScript);
    page(router, POST, "/projections/read-events", this::readEvents);
    page(router, GET, "/projection/:name/partitions", InquiryPages::partitions);
    page(router, GET, "/projection/:name/parked", InquiryPages::parked);
    settling(router, "resume", ProjectionInquiries::resume);
    settling(router, "skip", ProjectionInquiries::skip);
  }

  private interface Settling {
    /// @return why it is still parked, if it is
    Optional<String> of(ProjectionInquiries inquiries, String name, long position);
  }

  /// What becomes of a parked event, by its position.
  private void settling(Router router, String command, Settling settling) {
    page(
        router,
        POST,
        "/projection/:name/command/" + command,
        (inquiries, request, _) -> {
          var position =
              position(
                  "position",
                  request.parameter("position").orElse(""),
                  "the position of a parked event");
          var why = settling.of(inquiries, request.name(), position);
          return PageAnswer.json(
              new JsonObject()
                  .put("name", request.name())
                  .put("position", position)
                  .put("stillParked", why.orElse(null)));
        });
  }

  private interface Past {
    PartitionState of(
        ProjectionInquiries inquiries,
        String name,
        String partition,
        AsOf moment,
        FoldProgress progress);
  }

  private void past(Router router, String what, Past past) {
    router
        .get("/projection/:name/" + what)
        .handler(context -> {
          if (context.queryParams().names().stream().noneMatch("asOf"::equalsIgnoreCase)) {
            context.next();
            return;
          }
          ask(
              context,
              (inquiries, request, progress) ->
                  ProjectionPages.shown(
                      past.of(
                          inquiries,
                          request.name(),
                          request.parameter("partition").orElse(""),
                          moment(request.parameter("asOf").orElse("")),
                          progress)));
        });
  }

  private static AsOf moment(String text) {
    if (text.matches("[0-9]{1,18}")) {
      return new AsOf.Position(Long.parseLong(text));
    }
    try {
      return new AsOf.Time(DateTimeFormatter.ISO_OFFSET_DATE_TIME.parse(text, Instant::from));
    } catch (DateTimeException e) {
      throw new IllegalArgumentException(
          "asOf is a position or a time with its offset, as in 2026-07-17T14:02:00Z, got '%s'"
              .formatted(text),
          e);
    }
  }

  private static PageAnswer debug(
      ProjectionInquiries inquiries, PageRequest request, FoldProgress progress) {
    var from = request.parameter("from").orElse("zero");
    var start =
        switch (from) {
          case "zero" -> new DebugStart.Zero();
          case "checkpoint" -> new DebugStart.Checkpoint();
          default ->
              new DebugStart.Position(position("from", from, "zero, checkpoint or a position"));
        };
    return PageAnswer.json(
        StepJson.of(
            inquiries.debug(
                request.name(), start, request.number("count", STEPS_IF_NOT_SAID), progress)));
  }

  private static PageAnswer debugScript(
      ProjectionInquiries inquiries, PageRequest request, FoldProgress progress) {
    var from = request.parameter("from").orElse("zero");
    return PageAnswer.json(
        StepJson.of(
            inquiries.debugQuery(
                request.body(),
                from.equals("zero") ? 0 : position("from", from, "zero or a position"),
                request.number("count", STEPS_IF_NOT_SAID),
                progress)));
  }

  private static long position(String key, String text, String expected) {
    if (!text.matches("[0-9]{1,18}")) {
      throw new IllegalArgumentException("%s is %s, got '%s'".formatted(key, expected, text));
    }
    return Long.parseLong(text);
  }

  private PageAnswer readEvents(
      ProjectionInquiries inquiries, PageRequest request, FoldProgress progress) {
    var asked = FeedJson.asked(request.body());
    var after = asked.read().isEmpty() ? asked.after() : inquiries.behind(asked.read());
    var feed = inquiries.feed(asked.definition(), after, asked.limit());
    return PageAnswer.json(FeedJson.of(feed, asked, after, controls.ids().get()));
  }

  private static PageAnswer partitions(
      ProjectionInquiries inquiries, PageRequest request, FoldProgress progress) {
    var partitions =
        inquiries.partitions(
            request.name(),
            request.parameter("after").orElse(""),
            request.number("count", PARTITIONS_IF_NOT_SAID));
    return PageAnswer.json(new JsonObject().put("partitions", new JsonArray(partitions)));
  }

  private static PageAnswer parked(
      ProjectionInquiries inquiries, PageRequest request, FoldProgress progress) {
    var page =
        inquiries.parked(
            request.name(),
            position("from", request.parameter("from").orElse("0"), "a position"),
            request.number("count", PARKED_IF_NOT_SAID));
    var parked = new JsonArray();
    page.forEach(event -> parked.add(StepJson.of(event)));
    return PageAnswer.json(
        new JsonObject()
            .put("parked", parked)
            .put("next", page.isEmpty() ? null : page.getLast().position() + 1));
  }

  private void page(Router router, HttpMethod method, String path, Work work) {
    var route = router.route(method, path);
    if (method.equals(POST)) {
      route.handler(BodyHandler.create(false).setBodyLimit(bodyBytesMax));
    }
    route.handler(context -> ask(context, work));
  }

  private void ask(RoutingContext context, Work work) {
    var request = PageRequest.of(context);
    var answer = new SlowAnswer(context, clock);
    Aside.ask(
        context,
        threads,
        controls.answering(context, control -> work.answer(control.inquiries(), request, answer)),
        answer::end);
  }
}
