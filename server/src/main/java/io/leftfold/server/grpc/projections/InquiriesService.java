// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.grpc.projections;

import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import io.leftfold.projections.FoldProgress;
import io.leftfold.protocol.messages.inquiries.AsOfRequest;
import io.leftfold.protocol.messages.inquiries.AsOfResponse;
import io.leftfold.protocol.messages.inquiries.DebugRequest;
import io.leftfold.protocol.messages.inquiries.DebugResponse;
import io.leftfold.protocol.messages.inquiries.PartitionsRequest;
import io.leftfold.protocol.messages.inquiries.PartitionsResponse;
import io.leftfold.protocol.messages.inquiries.SetAsideRequest;
import io.leftfold.protocol.messages.inquiries.SetAsideResponse;
import io.leftfold.protocol.messages.inquiries.TakeUpRequest;
import io.leftfold.protocol.messages.inquiries.TakeUpResponse;
import io.leftfold.server.grpc.calls.Outlet;
import io.leftfold.server.grpc.calls.SessionHandler;
import io.leftfold.server.grpc.kurrent.AsideRequest;
import io.leftfold.server.node.ProjectionControl;
import io.leftfold.server.node.ProjectionInquiries;
import io.leftfold.server.node.ServedProjections;
import io.leftfold.server.node.Session;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ThreadFactory;
import java.util.function.Function;
import java.util.function.Supplier;

/// The methods of `leftfold.v1.Projections` about what was, what would be, and what was set aside.
public final class InquiriesService {

  private static final String SERVICE = "/leftfold.v1.Projections/";
  private static final Duration BETWEEN_NEWS = Duration.ofMillis(250);

  private final ServedProjections projections;
  private final Supplier<UUID> ids;
  private final Clock clock;
  private final ThreadFactory threads;

  /// The service.
  ///
  /// @param projections do what is asked
  /// @param ids makes names for scripts that are looked at
  /// @param clock tells when there is to be news of how far something is
  /// @param threads makes a virtual thread for each call
  public InquiriesService(
      ServedProjections projections, Supplier<UUID> ids, Clock clock, ThreadFactory threads) {
    this.projections = projections;
    this.ids = ids;
    this.clock = clock;
    this.threads = threads;
  }

  /// What answers each method.
  ///
  /// @return by the path of the method
  public Map<String, SessionHandler> handlers() {
    return Map.of(
        SERVICE + "AsOf", folding(AsOfRequest.parser(), this::asOf),
        SERVICE + "Debug", folding(DebugRequest.parser(), this::debug),
        SERVICE + "Partitions", asking(PartitionsRequest.parser(), InquiriesService::partitions),
        SERVICE + "SetAside", asking(SetAsideRequest.parser(), InquiriesService::setAside),
        SERVICE + "TakeUp", asking(TakeUpRequest.parser(), InquiriesService::takeUp));
  }

  private ProjectionInquiries inquiries(Session session) {
    return new ProjectionControl(session, projections, ids).inquiries();
  }

  /// Finds the answer to a request.
  private interface Work<Q> {
    MessageLite answer(ProjectionInquiries inquiries, Q request);
  }

  private <Q> SessionHandler asking(Parser<Q> parser, Work<Q> work) {
    return (call, session) ->
        AsideRequest.answering(
            call,
            parser,
            threads,
            request -> work.answer(inquiries(session), request),
            ProjectionRefusal::whole);
  }

  /// Answers a request with many messages.
  private interface Folding<Q> {
    void answer(ProjectionInquiries inquiries, Q request, Outlet outlet);
  }

  private <Q> SessionHandler folding(Parser<Q> parser, Folding<Q> work) {
    return (call, session) -> {
      var outlet = new Outlet(call);
      call.onEnd(_ -> outlet.gone());
      return new AsideRequest<>(
          call,
          parser,
          threads,
          request -> work.answer(inquiries(session), request, outlet),
          ProjectionRefusal::whole);
    };
  }

  private void asOf(ProjectionInquiries inquiries, AsOfRequest request, Outlet outlet) {
    var moment = Inquiry.moment(request);
    var news =
        new News(
            outlet, progress -> AsOfResponse.newBuilder().setProgress(progress).build(), clock);
    var found =
        request.getResult()
            ? inquiries.result(request.getProjection(), request.getPartition(), moment, news)
            : inquiries.state(request.getProjection(), request.getPartition(), moment, news);
    if (outlet.awaitRoom()) {
      outlet.send(AsOfResponse.newBuilder().setState(Inquiry.state(found)).build());
      outlet.complete();
    }
  }

  private void debug(ProjectionInquiries inquiries, DebugRequest request, Outlet outlet) {
    var limit =
        request.getLimit() == 0
            ? ProjectionInquiries.STEPS_MAX
            : Math.clamp(
                Integer.toUnsignedLong(request.getLimit()), 1, ProjectionInquiries.STEPS_MAX);
    var news =
        new News(
            outlet, progress -> DebugResponse.newBuilder().setProgress(progress).build(), clock);
    var steps =
        switch (request.getWhatCase()) {
          case PROJECTION ->
              inquiries.debug(request.getProjection(), Inquiry.start(request), limit, news);
          case QUERY ->
              inquiries.debugQuery(request.getQuery(), Inquiry.position(request), limit, news);
          case WHAT_NOT_SET ->
              throw new IllegalArgumentException(
                  "A debug run is of a projection or a query, got neither");
        };
    for (var step : steps.steps()) {
      if (!outlet.awaitRoom()) {
        return;
      }
      outlet.send(DebugResponse.newBuilder().setStep(Inquiry.step(step)).build());
    }
    if (outlet.awaitRoom()) {
      outlet.send(DebugResponse.newBuilder().setEnd(Inquiry.end(steps)).build());
      outlet.complete();
    }
  }

  /// Tells the caller now and then how far a fold is, and ends it when the caller is gone.
  private static final class News implements FoldProgress {
    private final Outlet outlet;
    private final Function<
            io.leftfold.protocol.messages.inquiries.FoldProgress, ? extends MessageLite>
        message;
    private final Clock clock;
    private Instant next;

    News(
        Outlet outlet,
        Function<io.leftfold.protocol.messages.inquiries.FoldProgress, ? extends MessageLite>
            message,
        Clock clock) {
      this.outlet = outlet;
      this.message = message;
      this.clock = clock;
      next = clock.instant().plus(BETWEEN_NEWS);
    }

    @Override
    public boolean at(long position, long end, long events) {
      if (!outlet.awaitRoom()) {
        return false;
      }
      if (clock.instant().isAfter(next)) {
        next = clock.instant().plus(BETWEEN_NEWS);
        outlet.send(
            message.apply(
                io.leftfold.protocol.messages.inquiries.FoldProgress.newBuilder()
                    .setPosition(position)
                    .setEnd(end)
                    .setEvents(events)
                    .build()));
      }
      return true;
    }
  }

  private static MessageLite partitions(ProjectionInquiries inquiries, PartitionsRequest request) {
    var limit =
        request.getLimit() == 0
            ? ProjectionInquiries.PARTITIONS_MAX
            : Math.clamp(
                Integer.toUnsignedLong(request.getLimit()), 1, ProjectionInquiries.PARTITIONS_MAX);
    return PartitionsResponse.newBuilder()
        .addAllPartitions(inquiries.partitions(request.getProjection(), request.getAfter(), limit))
        .build();
  }

  private static MessageLite setAside(ProjectionInquiries inquiries, SetAsideRequest request) {
    var limit =
        request.getLimit() == 0
            ? ProjectionInquiries.PARKED_MAX
            : Math.clamp(
                Integer.toUnsignedLong(request.getLimit()), 1, ProjectionInquiries.PARKED_MAX);
    return SetAsideResponse.newBuilder()
        .addAllEvents(
            inquiries
                .parked(request.getProjection(), Inquiry.unsigned(request.getFrom()), limit)
                .stream()
                .map(Inquiry::setAside)
                .toList())
        .build();
  }

  private static MessageLite takeUp(ProjectionInquiries inquiries, TakeUpRequest request) {
    var still =
        request.getSkip()
            ? inquiries.skip(request.getProjection(), request.getPosition())
            : inquiries.resume(request.getProjection(), request.getPosition());
    var response = TakeUpResponse.newBuilder();
    still.ifPresent(response::setStill);
    return response.build();
  }
}
