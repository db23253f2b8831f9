// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.grpc.projections;

import io.leftfold.api.AsOf;
import io.leftfold.projections.DebugStart;
import io.leftfold.projections.EmittedEvent;
import io.leftfold.projections.FoldStep;
import io.leftfold.projections.ParkedEvent;
import io.leftfold.projections.PartitionState;
import io.leftfold.projections.ProjectionFault;
import io.leftfold.projections.ProjectionStatistics;
import io.leftfold.protocol.messages.inquiries.AsOfRequest;
import io.leftfold.protocol.messages.inquiries.DebugEnd;
import io.leftfold.protocol.messages.inquiries.DebugRequest;
import io.leftfold.protocol.messages.inquiries.DebugStep;
import io.leftfold.protocol.messages.inquiries.LookResponse;
import io.leftfold.protocol.messages.inquiries.PastState;
import io.leftfold.protocol.messages.inquiries.SetAsideEvent;
import io.leftfold.protocol.messages.inquiries.VersionBeside;
import io.leftfold.server.grpc.store.Answers;
import io.leftfold.server.grpc.store.Requests;
import io.leftfold.server.node.ProjectionInquiries;

/// The messages of `leftfold.v1.Projections` and what they mean.
final class Inquiry {

  private Inquiry() {}

  static LookResponse look(ProjectionStatistics now) {
    var message =
        LookResponse.newBuilder()
            .setEnabled(now.enabled())
            .setHead(now.head())
            .setLagEvents(now.lagEvents())
            .setLagMillis(now.lag().toMillis())
            .setHandled(now.handled())
            .setSkipped(now.skipped())
            .setEmitted(now.emitted())
            .setPartitions(now.partitions())
            .setSetAside(now.parked())
            .setFaults(now.faults());
    now.lastStep().map(Answers::time).ifPresent(message::setLastStep);
    now.building().map(Inquiry::beside).ifPresent(message::setBeside);
    return message.build();
  }

  private static VersionBeside beside(ProjectionStatistics.Building building) {
    return VersionBeside.newBuilder()
        .setEpoch(building.epoch())
        .setPosition(building.position())
        .setReason(building.reason())
        .build();
  }

  static AsOf moment(AsOfRequest request) {
    return switch (request.getMomentCase()) {
      case POSITION -> new AsOf.Position(unsigned(request.getPosition()));
      case TIME -> new AsOf.Time(Requests.time(request.getTime()));
      case MOMENT_NOT_SET -> AsOf.now();
    };
  }

  /// What is beyond a long is beyond everything.
  static long unsigned(long position) {
    return position < 0 ? Long.MAX_VALUE : position;
  }

  static DebugStart start(DebugRequest request) {
    return switch (request.getStartCase()) {
      case CHECKPOINT -> new DebugStart.Checkpoint();
      case POSITION -> new DebugStart.Position(unsigned(request.getPosition()));
      case ZERO, START_NOT_SET -> new DebugStart.Zero();
    };
  }

  static long position(DebugRequest request) {
    return switch (request.getStartCase()) {
      case CHECKPOINT ->
          throw new IllegalArgumentException(
              "A script that is no projection has no checkpoint; begin at zero or a position");
      case POSITION -> unsigned(request.getPosition());
      case ZERO, START_NOT_SET -> 0;
    };
  }

  static PastState state(PartitionState found) {
    return PastState.newBuilder().setJson(found.json()).setPosition(found.position()).build();
  }

  static DebugEnd end(ProjectionInquiries.Steps steps) {
    var end = DebugEnd.newBuilder();
    steps.next().ifPresent(end::setNext);
    return end.build();
  }

  static DebugStep step(io.leftfold.projections.DebugStep step) {
    var message =
        DebugStep.newBuilder()
            .setEvent(Answers.resolved(step.event()))
            .setOutcome(outcome(step.outcome()))
            .setPartition(step.partition())
            .setStateBefore(step.stateBefore())
            .setStateAfter(step.stateAfter())
            .addAllEmitted(step.emitted().stream().map(Inquiry::emitted).toList())
            .addAllLogged(step.logged());
    step.sharedBefore().ifPresent(message::setSharedBefore);
    step.sharedAfter().ifPresent(message::setSharedAfter);
    step.fault().map(Inquiry::fault).ifPresent(message::setFault);
    return message.build();
  }

  private static DebugStep.Outcome outcome(FoldStep.Outcome outcome) {
    return switch (outcome) {
      case HANDLED -> DebugStep.Outcome.HANDLED;
      case NOT_WANTED -> DebugStep.Outcome.NOT_WANTED;
      case NO_PARTITION -> DebugStep.Outcome.NO_PARTITION;
      case EMPTY -> DebugStep.Outcome.EMPTY;
      case NOT_JSON -> DebugStep.Outcome.NOT_JSON;
    };
  }

  private static DebugStep.Emitted emitted(EmittedEvent event) {
    return DebugStep.Emitted.newBuilder()
        .setStream(event.stream())
        .setType(event.type())
        .setJson(event.isJson())
        .setData(event.data())
        .setMetadata(event.metadata())
        .build();
  }

  private static DebugStep.Fault fault(ProjectionFault fault) {
    var message =
        DebugStep.Fault.newBuilder().setKind(fault.kind().name()).setMessage(fault.message());
    fault
        .place()
        .ifPresent(place ->
            message
                .setLine(place.line())
                .setColumn(place.column())
                .setFunction(place.function())
                .setText(place.text()));
    return message.build();
  }

  static SetAsideEvent setAside(ParkedEvent parked) {
    var message =
        SetAsideEvent.newBuilder()
            .setPosition(parked.position())
            .setStream(parked.stream())
            .setRevision(parked.revision())
            .setType(parked.eventType())
            .setWholePartition(parked.wholePartition())
            .setError(parked.error());
    parked.partition().ifPresent(message::setPartition);
    parked.stateBefore().ifPresent(message::setStateBefore);
    return message.build();
  }
}
