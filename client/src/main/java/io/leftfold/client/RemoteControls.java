// SPDX-License-Identifier: Apache-2.0

package io.leftfold.client;

import io.leftfold.protocol.messages.inquiries.BuildBesideRequest;
import io.leftfold.protocol.messages.inquiries.CancelBesideRequest;
import io.leftfold.protocol.messages.inquiries.ChangeSettingsRequest;
import io.leftfold.protocol.messages.inquiries.CreateContinuousRequest;
import io.leftfold.protocol.messages.inquiries.CreateOneTimeRequest;
import io.leftfold.protocol.messages.inquiries.EmitAgainRequest;
import io.leftfold.protocol.messages.inquiries.ProjectionsGrpc;
import io.leftfold.protocol.messages.inquiries.SettingsOfProjection;
import io.leftfold.protocol.messages.inquiries.SettingsRequest;
import java.util.Optional;

/// What a Leftfold server lets its operators do with projections beyond the wire that KurrentDB's
/// clients speak.
///
/// What the server refuses is a [ProjectionFailedException]; what else may go wrong is what
/// [RemoteEventStore] says.
public final class RemoteControls {

  private final RemoteProjections projections;

  RemoteControls(RemoteProjections projections) {
    this.projections = projections;
  }

  /// Makes a projection that runs to the end of the log, and keeps how far it is.
  ///
  /// @param name its name
  /// @param query the script
  /// @param emit whether it may write
  /// @param trackEmittedStreams whether the streams that it writes to are listed
  /// @param disabled whether it waits until it is enabled
  /// @param onFailure what becomes of an event that makes the script fail: `stop`, `retry`,
  ///   `park-event` or `park-partition`
  public void createOneTime(
      String name,
      String query,
      boolean emit,
      boolean trackEmittedStreams,
      boolean disabled,
      String onFailure) {
    var _ =
        projections.ask(
            ProjectionsGrpc.getCreateOneTimeMethod(),
            CreateOneTimeRequest.newBuilder()
                .setProjection(name)
                .setQuery(query)
                .setEmit(emit)
                .setTrackEmittedStreams(trackEmittedStreams)
                .setDisabled(disabled)
                .setOnFailure(onFailure)
                .build(),
            "The creation of projection " + name);
  }

  /// Makes a projection that follows the log; see [RemoteProjections#createContinuous], which any
  /// server of KurrentDB's wire knows, for one that is to run at once and stops at failures.
  ///
  /// @param name its name
  /// @param query the script
  /// @param emit whether it may write
  /// @param trackEmittedStreams whether the streams that it writes to are listed
  /// @param disabled whether it waits until it is enabled
  /// @param onFailure what becomes of an event that makes the script fail: `stop`, `retry`,
  ///   `park-event` or `park-partition`
  public void createContinuous(
      String name,
      String query,
      boolean emit,
      boolean trackEmittedStreams,
      boolean disabled,
      String onFailure) {
    var _ =
        projections.ask(
            ProjectionsGrpc.getCreateContinuousMethod(),
            CreateContinuousRequest.newBuilder()
                .setProjection(name)
                .setQuery(query)
                .setEmit(emit)
                .setTrackEmittedStreams(trackEmittedStreams)
                .setDisabled(disabled)
                .setOnFailure(onFailure)
                .build(),
            "The creation of projection " + name);
  }

  /// Makes a projection begin at zero, and emit what it has emitted again, besides what is there.
  ///
  /// @param name its name
  public void emitAgain(String name) {
    var _ =
        projections.ask(
            ProjectionsGrpc.getEmitAgainMethod(),
            EmitAgainRequest.newBuilder().setProjection(name).build(),
            "The reset of projection " + name);
  }

  /// Begins to build another version of a projection from zero, beside the one that answers. It
  /// takes over when it has come to the same place, whether somebody waits for that or not.
  ///
  /// @param name of the projection
  /// @param query the script of the new version
  /// @param emit whether it may write; empty to leave that as it is
  public void buildBeside(String name, String query, Optional<Boolean> emit) {
    var request = BuildBesideRequest.newBuilder().setProjection(name).setQuery(query);
    emit.ifPresent(request::setEmit);
    var _ =
        projections.ask(
            ProjectionsGrpc.getBuildBesideMethod(),
            request.build(),
            "The building beside projection " + name);
  }

  /// Gives up the version that is built beside, if one is.
  ///
  /// @param name of the projection
  public void cancelBeside(String name) {
    var _ =
        projections.ask(
            ProjectionsGrpc.getCancelBesideMethod(),
            CancelBesideRequest.newBuilder().setProjection(name).build(),
            "Giving up what is built beside projection " + name);
  }

  /// How a projection goes about its work.
  ///
  /// @param name its name
  /// @return its settings
  public ProjectionSettings settings(String name) {
    var settings =
        projections
            .ask(
                ProjectionsGrpc.getSettingsMethod(),
                SettingsRequest.newBuilder().setProjection(name).build(),
                "The look at the settings of projection " + name)
            .getSettings();
    return new ProjectionSettings(
        settings.getEmit(),
        settings.getTrackEmittedStreams(),
        settings.getOnFailure(),
        settings.getCheckpointAfterMillis(),
        settings.getCheckpointHandled(),
        settings.getCheckpointUnhandledBytes(),
        settings.getPendingEvents(),
        settings.getWriteBatch(),
        settings.getWritesInFlight(),
        settings.getExecutionTimeoutMillis());
  }

  /// Changes how a projection goes about its work. One that runs is stopped for it, behind a last
  /// step, and goes on.
  ///
  /// @param name its name
  /// @param settings all of its settings
  public void changeSettings(String name, ProjectionSettings settings) {
    var wanted =
        SettingsOfProjection.newBuilder()
            .setEmit(settings.emit())
            .setTrackEmittedStreams(settings.trackEmittedStreams())
            .setOnFailure(settings.onFailure())
            .setCheckpointAfterMillis(settings.checkpointAfterMillis())
            .setCheckpointHandled(settings.checkpointHandled())
            .setCheckpointUnhandledBytes(settings.checkpointUnhandledBytes())
            .setPendingEvents(settings.pendingEvents())
            .setWriteBatch(settings.writeBatch())
            .setWritesInFlight(settings.writesInFlight())
            .setExecutionTimeoutMillis(settings.executionTimeoutMillis());
    var _ =
        projections.ask(
            ProjectionsGrpc.getChangeSettingsMethod(),
            ChangeSettingsRequest.newBuilder().setProjection(name).setSettings(wanted).build(),
            "The change of the settings of projection " + name);
  }
}
