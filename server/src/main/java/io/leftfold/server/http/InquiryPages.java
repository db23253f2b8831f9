// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.http;

import io.leftfold.api.AsOf;
import io.leftfold.projections.DebugStart;
import io.leftfold.projections.FoldProgress;
import io.leftfold.projections.PartitionState;
import io.leftfold.server.http.exchange.Answer;
import io.leftfold.server.node.ProjectionInquiries;
import io.leftfold.server.node.Session;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/// What takes a while about projections: states and results of the past (`?asOf=`), debug runs,
/// lists, taking up what was set aside, and the events that a script elsewhere would be given.
/// Whoever goes away ends what they have asked for, but for what changes something.
final class InquiryPages {

  private static final int STEPS_IF_NOT_SAID = 10;
  private static final int PARTITIONS_IF_NOT_SAID = 1_000;
  private static final int PARKED_IF_NOT_SAID = 100;

  private final Controls controls;
  private final Clock clock;

  /// @param clock tells when there is to be news of how far something is
  InquiryPages(Controls controls, Clock clock) {
    this.controls = controls;
    this.clock = clock;
  }

  /// What a page does.
  private interface Work {
    PageAnswer answer(ProjectionInquiries inquiries, PageRequest request, FoldProgress progress);
  }

  /// Adds the pages.
  void addTo(PageTable pages) {
    page(pages, "GET", "/projection/:name/debug", InquiryPages::debug);
    page(pages, "POST", "/projections/debug", InquiryPages::debugScript);
    page(pages, "POST", "/projections/read-events", this::readEvents);
    page(pages, "GET", "/projection/:name/partitions", InquiryPages::partitions);
    page(pages, "GET", "/projection/:name/parked", InquiryPages::parked);
    settling(pages, "resume", ProjectionInquiries::resume);
    settling(pages, "skip", ProjectionInquiries::skip);
  }

  private interface Settling {
    /// @return why it is still parked, if it is
    Optional<String> of(ProjectionInquiries inquiries, String name, long position);
  }

  /// What becomes of a parked event, by its position.
  private void settling(PageTable pages, String command, Settling settling) {
    page(
        pages,
        "POST",
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

  /// Something as it was.
  interface Past {
    PartitionState of(
        ProjectionInquiries inquiries,
        String name,
        String partition,
        AsOf moment,
        FoldProgress progress);
  }

  /// What shows something as it was, if that is asked for, or else as it is.
  PageTable.Work orPast(Past past, ProjectionPages.Work now) {
    return (request, session) ->
        request.has("asOf")
            ? answer(
                request,
                session,
                (inquiries, _, progress) ->
                    ProjectionPages.shown(
                        past.of(
                            inquiries,
                            request.name(),
                            request.parameter("partition").orElse(""),
                            moment(request.parameter("asOf").orElse("")),
                            progress)))
            : controls.answer(session, control -> now.answer(control, request)).answer();
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

  private void page(PageTable pages, String method, String path, Work work) {
    pages.add(method, path, (request, session) -> answer(request, session, work));
  }

  private Answer answer(PageRequest request, Session session, Work work) {
    return SlowAnswer.to(
        request,
        clock,
        progress ->
            controls.answer(
                session, control -> work.answer(control.inquiries(), request, progress)));
  }
}
