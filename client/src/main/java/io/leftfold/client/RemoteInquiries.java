// SPDX-License-Identifier: Apache-2.0

package io.leftfold.client;

import com.google.protobuf.MessageLite;
import io.grpc.CallOptions;
import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.stub.ClientCalls;
import io.leftfold.api.AsOf;
import io.leftfold.protocol.messages.inquiries.AsOfRequest;
import io.leftfold.protocol.messages.inquiries.AsOfResponse;
import io.leftfold.protocol.messages.inquiries.DebugRequest;
import io.leftfold.protocol.messages.inquiries.DebugResponse;
import io.leftfold.protocol.messages.inquiries.DebugStep;
import io.leftfold.protocol.messages.inquiries.FoldProgress;
import io.leftfold.protocol.messages.inquiries.LookRequest;
import io.leftfold.protocol.messages.inquiries.PartitionsRequest;
import io.leftfold.protocol.messages.inquiries.ProjectionsGrpc;
import io.leftfold.protocol.messages.inquiries.SetAsideRequest;
import io.leftfold.protocol.messages.inquiries.TakeUpRequest;
import io.leftfold.protocol.messages.inquiries.VersionBeside;
import io.leftfold.protocol.messages.store.Wire;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;

/// What a Leftfold server tells about its projections beyond the wire that KurrentDB's clients
/// speak: how far behind they are, what they were, what they would do with each event, what they
/// set aside.
///
/// What the server refuses is a [ProjectionFailedException]; what else may go wrong is what
/// [RemoteEventStore] says.
public final class RemoteInquiries {

  private static final Wire.Nothing NOTHING = Wire.Nothing.getDefaultInstance();

  private final RemoteProjections projections;
  private final ManagedChannel channel;

  RemoteInquiries(RemoteProjections projections, ManagedChannel channel) {
    this.projections = projections;
    this.channel = channel;
  }

  /// How a projection is, and the version that is built beside it.
  ///
  /// @param name of the projection
  /// @return as of this moment
  public ProjectionLook look(String name) {
    var now =
        projections.ask(
            ProjectionsGrpc.getLookMethod(),
            LookRequest.newBuilder().setProjection(name).build(),
            "The look at projection " + name);
    return new ProjectionLook(
        now.getEnabled(),
        now.getHead(),
        now.getLagEvents(),
        Duration.ofMillis(now.getLagMillis()),
        now.getHandled(),
        now.getSkipped(),
        now.getEmitted(),
        now.getPartitions(),
        now.getSetAside(),
        now.getFaults(),
        now.hasLastStep() ? Optional.of(FromWire.time(now.getLastStep())) : Optional.empty(),
        now.hasBeside() ? Optional.of(beside(now.getBeside())) : Optional.empty());
  }

  private static ProjectionLook.VersionBeside beside(VersionBeside version) {
    return new ProjectionLook.VersionBeside(
        version.getEpoch(), version.getPosition(), version.getReason());
  }

  /// Is told how far the server is.
  @FunctionalInterface
  public interface Progress {

    /// Told now and then.
    ///
    /// @param position the last position looked at; −1 for none
    /// @param end the first position that will not be
    /// @param events how many were handled
    /// @return whether to go on
    boolean at(long position, long end, long events);
  }

  /// The state of a partition as it was.
  ///
  /// @param name of the projection
  /// @param partition the partition, empty for the one state
  /// @param moment when
  /// @param progress is told how far it is, and may end it
  /// @return the state
  public PastState state(String name, String partition, AsOf moment, Progress progress) {
    return asOf(request(name, partition, moment), "The past state of projection " + name, progress);
  }

  /// What became of the state of a partition, as it was.
  ///
  /// @param name of the projection
  /// @param partition the partition, empty for the one state
  /// @param moment when
  /// @param progress is told how far it is, and may end it
  /// @return the result
  public PastState result(String name, String partition, AsOf moment, Progress progress) {
    return asOf(
        request(name, partition, moment).setResult(true),
        "The past result of projection " + name,
        progress);
  }

  private static AsOfRequest.Builder request(String name, String partition, AsOf moment) {
    var request = AsOfRequest.newBuilder().setProjection(name).setPartition(partition);
    return switch (moment) {
      case AsOf.Now() -> request;
      case AsOf.Position(var end) -> request.setPosition(end);
      case AsOf.Time(var at) -> request.setTime(ToWire.time(at));
    };
  }

  private PastState asOf(AsOfRequest.Builder request, String call, Progress progress) {
    return streamed(
        ProjectionsGrpc.getAsOfMethod(),
        request.build(),
        call,
        answers -> {
          while (answers.hasNext()) {
            switch (answers.next()) {
              case AsOfResponse answer when answer.hasState() -> {
                return new PastState(answer.getState().getJson(), answer.getState().getPosition());
              }
              case AsOfResponse answer -> tell(progress, answer.getProgress(), call);
            }
          }
          throw projections.notUnderstood(call);
        });
  }

  private static void tell(Progress progress, FoldProgress told, String call) {
    if (!progress.at(told.getPosition(), told.getEnd(), told.getEvents())) {
      throw new ProjectionFailedException(
          "%s was given up at position %d of %d".formatted(call, told.getPosition(), told.getEnd()),
          new IllegalStateException("the caller wanted no more"));
    }
  }

  /// Lets a projection have some events, without writing anything.
  ///
  /// @param name of the projection
  /// @param start where it begins
  /// @param limit the most events to have; the server may give fewer
  /// @param progress is told how far it is on the way there, and may end it
  /// @return what they do
  public ProjectionSteps debug(
      String name, ProjectionSteps.Start start, int limit, Progress progress) {
    return debug(DebugRequest.newBuilder().setProjection(name), start, limit, progress);
  }

  /// Lets a script that is no projection have some events, without writing anything.
  ///
  /// @param query the script
  /// @param start where it begins; not at a checkpoint
  /// @param limit the most events to have; the server may give fewer
  /// @param progress is told how far it is on the way there, and may end it
  /// @return what they do
  public ProjectionSteps debugQuery(
      String query, ProjectionSteps.Start start, int limit, Progress progress) {
    return debug(DebugRequest.newBuilder().setQuery(query), start, limit, progress);
  }

  private ProjectionSteps debug(
      DebugRequest.Builder request, ProjectionSteps.Start start, int limit, Progress progress) {
    var call = "The debug run";
    var wanted =
        switch (start) {
          case ProjectionSteps.Start.Zero() -> request.setZero(NOTHING);
          case ProjectionSteps.Start.Checkpoint() -> request.setCheckpoint(NOTHING);
          case ProjectionSteps.Start.Position(var position) -> request.setPosition(position);
        };
    return streamed(
        ProjectionsGrpc.getDebugMethod(),
        wanted.setLimit(limit).build(),
        call,
        answers -> {
          var steps = new ArrayList<ProjectionSteps.Step>();
          while (answers.hasNext()) {
            switch (answers.next()) {
              case DebugResponse answer when answer.hasStep() -> steps.add(step(answer.getStep()));
              case DebugResponse answer when answer.hasEnd() -> {
                var end = answer.getEnd();
                return new ProjectionSteps(
                    steps, end.hasNext() ? OptionalLong.of(end.getNext()) : OptionalLong.empty());
              }
              case DebugResponse answer -> tell(progress, answer.getProgress(), call);
            }
          }
          throw projections.notUnderstood(call);
        });
  }

  private static ProjectionSteps.Step step(DebugStep step) {
    return new ProjectionSteps.Step(
        FromWire.resolved(step.getEvent()),
        step.getOutcome().name(),
        step.getPartition(),
        step.getStateBefore(),
        step.getStateAfter(),
        step.hasSharedBefore() ? Optional.of(step.getSharedBefore()) : Optional.empty(),
        step.hasSharedAfter() ? Optional.of(step.getSharedAfter()) : Optional.empty(),
        step.getEmittedList().stream()
            .map(event ->
                new ProjectionSteps.Emitted(
                    event.getStream(),
                    event.getType(),
                    event.getJson(),
                    event.getData(),
                    event.getMetadata()))
            .toList(),
        step.getLoggedList(),
        step.hasFault() ? Optional.of(fault(step.getFault())) : Optional.empty());
  }

  private static ProjectionSteps.Fault fault(DebugStep.Fault fault) {
    return new ProjectionSteps.Fault(
        fault.getKind(),
        fault.getMessage(),
        fault.getLine(),
        fault.getColumn(),
        fault.getFunction(),
        fault.getText());
  }

  /// The partitions that have a state, in the order of their names.
  ///
  /// @param name of the projection
  /// @param after only those behind this one; empty to begin at the first
  /// @param limit the most to have; the server may give fewer
  /// @return their names
  public List<String> partitions(String name, String after, int limit) {
    return List.copyOf(
        projections
            .ask(
                ProjectionsGrpc.getPartitionsMethod(),
                PartitionsRequest.newBuilder()
                    .setProjection(name)
                    .setAfter(after)
                    .setLimit(limit)
                    .build(),
                "The list of partitions of projection " + name)
            .getPartitionsList());
  }

  /// Some of what a projection set aside. There may be very much of it: who wants all asks again,
  /// from behind the last position, until there is none.
  ///
  /// @param name of the projection
  /// @param from only what was set aside at this position or behind it; 0 for all
  /// @param limit the most to have; the server may give fewer
  /// @return in the order of positions; empty if there is no more
  public List<SetAsideEvent> setAside(String name, long from, int limit) {
    return projections
        .ask(
            ProjectionsGrpc.getSetAsideMethod(),
            SetAsideRequest.newBuilder().setProjection(name).setFrom(from).setLimit(limit).build(),
            "The look at what projection %s set aside".formatted(name))
        .getEventsList()
        .stream()
        .map(event ->
            new SetAsideEvent(
                event.getPosition(),
                event.getStream(),
                event.getRevision(),
                event.getType(),
                event.hasPartition() ? Optional.of(event.getPartition()) : Optional.empty(),
                event.getWholePartition(),
                event.getError(),
                event.hasStateBefore() ? Optional.of(event.getStateBefore()) : Optional.empty()))
        .toList();
  }

  /// Lets a projection have what it set aside.
  ///
  /// @param name of the projection
  /// @param position of the event that was set aside
  /// @return why it still is, if it is
  public Optional<String> resume(String name, long position) {
    return takeUp(name, position, false);
  }

  /// Leaves an event that was set aside out for good.
  ///
  /// @param name of the projection
  /// @param position of the event
  /// @return why its partition is still set aside, if it is
  public Optional<String> skip(String name, long position) {
    return takeUp(name, position, true);
  }

  private Optional<String> takeUp(String name, long position, boolean skip) {
    var request =
        TakeUpRequest.newBuilder().setProjection(name).setPosition(position).setSkip(skip).build();
    var call = "The taking up of position %d by projection %s".formatted(position, name);
    // What is folded then may be a lot.
    var answer =
        projections.asked(
            call,
            request.getSerializedSize(),
            () ->
                ClientCalls.blockingUnaryCall(
                    channel, ProjectionsGrpc.getTakeUpMethod(), CallOptions.DEFAULT, request));
    return answer.hasStill() ? Optional.of(answer.getStill()) : Optional.empty();
  }

  /// Takes many answers. Whoever does not want all of them ends the call.
  private <Q extends MessageLite, A, T> T streamed(
      MethodDescriptor<Q, A> method, Q request, String call, Function<Iterator<A>, T> taking) {
    return projections.asked(
        call,
        request.getSerializedSize(),
        () -> {
          try (var context = Context.current().withCancellation()) {
            var before = context.attach();
            try {
              return taking.apply(
                  ClientCalls.blockingServerStreamingCall(
                      channel, method, CallOptions.DEFAULT, request));
            } finally {
              context.detach(before);
            }
          }
        });
  }
}
