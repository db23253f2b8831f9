// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.grpc.projections;

import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import io.leftfold.projections.NewProjection;
import io.leftfold.projections.ProjectionConfig;
import io.leftfold.protocol.messages.projections.CreateReq;
import io.leftfold.protocol.messages.projections.CreateResp;
import io.leftfold.protocol.messages.projections.DeleteReq;
import io.leftfold.protocol.messages.projections.DeleteResp;
import io.leftfold.protocol.messages.projections.DisableReq;
import io.leftfold.protocol.messages.projections.DisableResp;
import io.leftfold.protocol.messages.projections.EnableReq;
import io.leftfold.protocol.messages.projections.EnableResp;
import io.leftfold.protocol.messages.projections.ResetReq;
import io.leftfold.protocol.messages.projections.ResetResp;
import io.leftfold.protocol.messages.projections.ResultReq;
import io.leftfold.protocol.messages.projections.ResultResp;
import io.leftfold.protocol.messages.projections.StateReq;
import io.leftfold.protocol.messages.projections.StateResp;
import io.leftfold.protocol.messages.projections.StatisticsReq;
import io.leftfold.protocol.messages.projections.UpdateReq;
import io.leftfold.protocol.messages.projections.UpdateResp;
import io.leftfold.protocol.messages.shared.Empty;
import io.leftfold.server.edge.GrpcCall;
import io.leftfold.server.edge.GrpcStatus;
import io.leftfold.server.edge.GrpcTrailers;
import io.leftfold.server.grpc.calls.Outlet;
import io.leftfold.server.grpc.calls.SessionHandler;
import io.leftfold.server.grpc.kurrent.AsideRequest;
import io.leftfold.server.grpc.kurrent.Refusal;
import io.leftfold.server.node.ProjectionControl;
import io.leftfold.server.node.ServedProjections;
import io.leftfold.server.node.Session;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ThreadFactory;
import java.util.function.Supplier;

/// The methods of `Projections`.
public final class ProjectionsService {

  private static final String SERVICE = "/event_store.client.projections.Projections/";
  private static final int ENGINE_VERSION_MAX = 2;

  private final ServedProjections projections;
  private final Supplier<UUID> ids;
  private final ThreadFactory threads;

  /// The service.
  ///
  /// @param projections do what is asked
  /// @param ids makes names for projections that are not given one
  /// @param threads makes a virtual thread for each call
  public ProjectionsService(
      ServedProjections projections, Supplier<UUID> ids, ThreadFactory threads) {
    this.projections = projections;
    this.ids = ids;
    this.threads = threads;
  }

  /// What answers each method.
  ///
  /// @return by the path of the method
  public Map<String, SessionHandler> handlers() {
    return Map.ofEntries(
        Map.entry(SERVICE + "Create", asking(CreateReq.parser(), this::create)),
        Map.entry(SERVICE + "Update", asking(UpdateReq.parser(), ProjectionsService::update)),
        Map.entry(SERVICE + "Delete", asking(DeleteReq.parser(), ProjectionsService::delete)),
        Map.entry(SERVICE + "Statistics", this::statistics),
        Map.entry(SERVICE + "Disable", asking(DisableReq.parser(), ProjectionsService::disable)),
        Map.entry(SERVICE + "Enable", asking(EnableReq.parser(), ProjectionsService::enable)),
        Map.entry(SERVICE + "Reset", asking(ResetReq.parser(), ProjectionsService::reset)),
        Map.entry(SERVICE + "State", asking(StateReq.parser(), ProjectionsService::state)),
        Map.entry(SERVICE + "Result", asking(ResultReq.parser(), ProjectionsService::result)),
        Map.entry(
            SERVICE + "RestartSubsystem", asking(Empty.parser(), ProjectionsService::restart)));
  }

  private <Q> SessionHandler asking(Parser<Q> parser, Work<Q> work) {
    return (call, session) ->
        AsideRequest.answering(
            call,
            parser,
            threads,
            request -> work.answer(control(session), request),
            ProjectionsService::refusal);
  }

  private ProjectionControl control(Session session) {
    return new ProjectionControl(session, projections, ids);
  }

  private MessageLite create(ProjectionControl control, CreateReq request) {
    var options = request.getOptions();
    control.create(wanted(options).withProperties(JsonValues.text(options.getPropertiesMap())));
    return CreateResp.getDefaultInstance();
  }

  private NewProjection wanted(CreateReq.Options options) {
    var query = options.getQuery();
    return switch (options.getModeCase()) {
      case ONE_TIME -> NewProjection.oneTime(ids.get().toString(), query).withoutCheckpoints();
      case TRANSIENT -> NewProjection.transientQuery(options.getTransient().getName(), query);
      case CONTINUOUS -> {
        var continuous = options.getContinuous();
        check(options.getEngineVersion(), continuous);
        yield NewProjection.continuous(continuous.getName(), query)
            .with(
                ProjectionConfig.DEFAULT
                    .withEmitEnabled(continuous.getEmitEnabled())
                    .withTrackEmittedStreams(continuous.getTrackEmittedStreams()))
            .withEngineVersion(Math.max(1, options.getEngineVersion()));
      }
      case MODE_NOT_SET ->
          throw new IllegalArgumentException(
              "A projection is one_time, transient or continuous; the request says none of that");
    };
  }

  /// There is one engine. What it can do is more than either version, so that both are served.
  private static void check(int engineVersion, CreateReq.Options.Continuous continuous) {
    if (engineVersion < 0 || engineVersion > ENGINE_VERSION_MAX) {
      throw new IllegalArgumentException(
          "The engine_version of a projection is 1 or 2, got " + engineVersion);
    }
    if (continuous.getTrackEmittedStreams() && !continuous.getEmitEnabled()) {
      throw new TrackingWithoutEmittingException();
    }
  }

  /// Clients know this one as an error of the server.
  private static final class TrackingWithoutEmittingException extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  private static MessageLite update(ProjectionControl control, UpdateReq request) {
    var options = request.getOptions();
    control.update(
        options.getName(),
        options.getQuery(),
        options.hasEmitEnabled() ? Optional.of(options.getEmitEnabled()) : Optional.empty(),
        Optional.of(JsonValues.text(options.getPropertiesMap())).filter(text -> !text.isEmpty()));
    return UpdateResp.getDefaultInstance();
  }

  private static MessageLite delete(ProjectionControl control, DeleteReq request) {
    var options = request.getOptions();
    control.delete(
        options.getName(),
        new ProjectionControl.Deletion(
            options.getDeleteEmittedStreams(),
            options.getDeleteStateStream(),
            options.getDeleteCheckpointStream()));
    return DeleteResp.getDefaultInstance();
  }

  private static MessageLite disable(ProjectionControl control, DisableReq request) {
    var options = request.getOptions();
    if (options.getWriteCheckpoint()) {
      control.disable(options.getName());
    } else {
      control.abort(options.getName());
    }
    return DisableResp.getDefaultInstance();
  }

  private static MessageLite enable(ProjectionControl control, EnableReq request) {
    control.enable(request.getOptions().getName());
    return EnableResp.getDefaultInstance();
  }

  private static MessageLite reset(ProjectionControl control, ResetReq request) {
    control.reset(request.getOptions().getName());
    return ResetResp.getDefaultInstance();
  }

  private static MessageLite state(ProjectionControl control, StateReq request) {
    var options = request.getOptions();
    var state = control.state(options.getName(), options.getPartition());
    return StateResp.newBuilder().setState(JsonValues.of(state.json())).build();
  }

  private static MessageLite result(ProjectionControl control, ResultReq request) {
    var options = request.getOptions();
    var result = control.result(options.getName(), options.getPartition());
    return ResultResp.newBuilder().setResult(JsonValues.of(result.json())).build();
  }

  private static MessageLite restart(ProjectionControl control, Empty request) {
    control.restart();
    return request;
  }

  private AsideRequest<StatisticsReq> statistics(GrpcCall call, Session session) {
    var outlet = new Outlet(call);
    call.onEnd(_ -> outlet.gone());
    return new AsideRequest<>(
        call,
        StatisticsReq.parser(),
        threads,
        request -> send(outlet, StatisticsAnswers.of(control(session), request.getOptions())),
        ProjectionsService::refusal);
  }

  private static void send(Outlet outlet, List<? extends MessageLite> answers) {
    for (var answer : answers) {
      if (!outlet.awaitRoom()) {
        return;
      }
      outlet.send(answer);
    }
    outlet.complete();
  }

  /// Finds the answer to a request.
  private interface Work<Q> {
    MessageLite answer(ProjectionControl control, Q request);
  }

  private static Refusal refusal(RuntimeException error) {
    return error instanceof TrackingWithoutEmittingException
        ? new Refusal(
            GrpcStatus.UNKNOWN,
            "Exception was thrown by handler. A projection that may not emit cannot track emitted streams.",
            GrpcTrailers.NONE)
        : ProjectionRefusal.of(error);
  }
}
