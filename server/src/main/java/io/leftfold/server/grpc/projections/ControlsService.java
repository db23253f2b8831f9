// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.grpc.projections;

import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import io.leftfold.projections.FailurePolicy;
import io.leftfold.projections.NewProjection;
import io.leftfold.projections.ProjectionConfig;
import io.leftfold.protocol.messages.inquiries.BuildBesideRequest;
import io.leftfold.protocol.messages.inquiries.BuildBesideResponse;
import io.leftfold.protocol.messages.inquiries.CancelBesideRequest;
import io.leftfold.protocol.messages.inquiries.CancelBesideResponse;
import io.leftfold.protocol.messages.inquiries.ChangeSettingsRequest;
import io.leftfold.protocol.messages.inquiries.ChangeSettingsResponse;
import io.leftfold.protocol.messages.inquiries.CreateContinuousRequest;
import io.leftfold.protocol.messages.inquiries.CreateContinuousResponse;
import io.leftfold.protocol.messages.inquiries.CreateOneTimeRequest;
import io.leftfold.protocol.messages.inquiries.CreateOneTimeResponse;
import io.leftfold.protocol.messages.inquiries.EmitAgainRequest;
import io.leftfold.protocol.messages.inquiries.EmitAgainResponse;
import io.leftfold.protocol.messages.inquiries.LookRequest;
import io.leftfold.protocol.messages.inquiries.SettingsOfProjection;
import io.leftfold.protocol.messages.inquiries.SettingsRequest;
import io.leftfold.protocol.messages.inquiries.SettingsResponse;
import io.leftfold.server.grpc.calls.SessionHandler;
import io.leftfold.server.grpc.kurrent.AsideRequest;
import io.leftfold.server.node.ProjectionControl;
import io.leftfold.server.node.ServedProjections;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ThreadFactory;
import java.util.function.Supplier;

/// The methods of `leftfold.v1.Projections` by which projections are looked at, made and changed.
public final class ControlsService {

  private static final String SERVICE = "/leftfold.v1.Projections/";

  private final ServedProjections projections;
  private final Supplier<UUID> ids;
  private final ThreadFactory threads;

  /// The service.
  ///
  /// @param projections do what is asked
  /// @param ids makes names for scripts that are looked at
  /// @param threads makes a virtual thread for each call
  public ControlsService(ServedProjections projections, Supplier<UUID> ids, ThreadFactory threads) {
    this.projections = projections;
    this.ids = ids;
    this.threads = threads;
  }

  /// What answers each method.
  ///
  /// @return by the path of the method
  public Map<String, SessionHandler> handlers() {
    return Map.of(
        SERVICE + "Look",
        asking(LookRequest.parser(), ControlsService::look),
        SERVICE + "CreateOneTime",
        asking(CreateOneTimeRequest.parser(), ControlsService::createOneTime),
        SERVICE + "CreateContinuous",
        asking(CreateContinuousRequest.parser(), ControlsService::createContinuous),
        SERVICE + "EmitAgain",
        asking(EmitAgainRequest.parser(), ControlsService::emitAgain),
        SERVICE + "BuildBeside",
        asking(BuildBesideRequest.parser(), ControlsService::buildBeside),
        SERVICE + "CancelBeside",
        asking(CancelBesideRequest.parser(), ControlsService::cancelBeside),
        SERVICE + "Settings",
        asking(SettingsRequest.parser(), ControlsService::settings),
        SERVICE + "ChangeSettings",
        asking(ChangeSettingsRequest.parser(), ControlsService::changeSettings));
  }

  /// Does what a request says, and answers it.
  private interface Work<Q> {
    MessageLite answer(ProjectionControl control, Q request);
  }

  private <Q> SessionHandler asking(Parser<Q> parser, Work<Q> work) {
    return (call, session) ->
        AsideRequest.answering(
            call,
            parser,
            threads,
            request -> work.answer(new ProjectionControl(session, projections, ids), request),
            ProjectionRefusal::whole);
  }

  private static MessageLite look(ProjectionControl control, LookRequest request) {
    return Inquiry.look(control.statistics(request.getProjection()));
  }

  private static MessageLite createOneTime(
      ProjectionControl control, CreateOneTimeRequest request) {
    var wanted =
        NewProjection.oneTime(request.getProjection(), request.getQuery())
            .with(
                config(
                    request.getEmit(), request.getTrackEmittedStreams(), request.getOnFailure()));
    control.create(request.getDisabled() ? wanted.disabled() : wanted);
    return CreateOneTimeResponse.getDefaultInstance();
  }

  private static MessageLite createContinuous(
      ProjectionControl control, CreateContinuousRequest request) {
    var wanted =
        NewProjection.continuous(request.getProjection(), request.getQuery())
            .with(
                config(
                    request.getEmit(), request.getTrackEmittedStreams(), request.getOnFailure()));
    control.create(request.getDisabled() ? wanted.disabled() : wanted);
    return CreateContinuousResponse.getDefaultInstance();
  }

  private static ProjectionConfig config(boolean emit, boolean track, String onFailure) {
    var config = ProjectionConfig.DEFAULT.withEmitEnabled(emit).withTrackEmittedStreams(track);
    return onFailure.isEmpty() ? config : config.withFailurePolicy(FailurePolicy.of(onFailure));
  }

  private static MessageLite emitAgain(ProjectionControl control, EmitAgainRequest request) {
    control.emitAgain(request.getProjection());
    return EmitAgainResponse.getDefaultInstance();
  }

  private static MessageLite buildBeside(ProjectionControl control, BuildBesideRequest request) {
    control.buildBeside(
        request.getProjection(),
        request.getQuery(),
        request.hasEmit() ? Optional.of(request.getEmit()) : Optional.empty());
    return BuildBesideResponse.getDefaultInstance();
  }

  private static MessageLite cancelBeside(ProjectionControl control, CancelBesideRequest request) {
    control.cancelBuilding(request.getProjection());
    return CancelBesideResponse.getDefaultInstance();
  }

  private static MessageLite settings(ProjectionControl control, SettingsRequest request) {
    var config = control.query(request.getProjection()).config();
    return SettingsResponse.newBuilder()
        .setSettings(
            SettingsOfProjection.newBuilder()
                .setEmit(config.emitEnabled())
                .setTrackEmittedStreams(config.trackEmittedStreams())
                .setOnFailure(config.failurePolicy().toString())
                .setCheckpointAfterMillis(config.checkpointAfterMs())
                .setCheckpointHandled(config.checkpointHandledThreshold())
                .setCheckpointUnhandledBytes(config.checkpointUnhandledBytesThreshold())
                .setPendingEvents(config.pendingEventsThreshold())
                .setWriteBatch(config.maxWriteBatchLength())
                .setWritesInFlight(config.maxAllowedWritesInFlight())
                .setExecutionTimeoutMillis(config.executionTimeoutMillis()))
        .build();
  }

  private static MessageLite changeSettings(
      ProjectionControl control, ChangeSettingsRequest request) {
    control.reconfigure(request.getProjection(), config(request.getSettings()));
    return ChangeSettingsResponse.getDefaultInstance();
  }

  private static ProjectionConfig config(SettingsOfProjection settings) {
    return new ProjectionConfig(
        settings.getEmit(),
        settings.getTrackEmittedStreams(),
        settings.getCheckpointAfterMillis(),
        settings.getCheckpointHandled(),
        settings.getCheckpointUnhandledBytes(),
        settings.getPendingEvents(),
        settings.getWriteBatch(),
        settings.getWritesInFlight(),
        settings.getExecutionTimeoutMillis(),
        FailurePolicy.of(settings.getOnFailure()));
  }
}
