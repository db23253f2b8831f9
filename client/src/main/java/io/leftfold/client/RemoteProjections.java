// SPDX-License-Identifier: Apache-2.0

package io.leftfold.client;

import com.google.protobuf.MessageLite;
import com.google.protobuf.Value;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.leftfold.protocol.messages.projections.CreateReq;
import io.leftfold.protocol.messages.projections.DeleteReq;
import io.leftfold.protocol.messages.projections.DisableReq;
import io.leftfold.protocol.messages.projections.EnableReq;
import io.leftfold.protocol.messages.projections.ProjectionsGrpc;
import io.leftfold.protocol.messages.projections.ResetReq;
import io.leftfold.protocol.messages.projections.ResultReq;
import io.leftfold.protocol.messages.projections.StateReq;
import io.leftfold.protocol.messages.projections.StatisticsReq;
import io.leftfold.protocol.messages.projections.StatisticsResp;
import io.leftfold.protocol.messages.projections.UpdateReq;
import io.leftfold.protocol.messages.shared.Empty;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// The projections of a server, for whoever looks after them: as far as the wire that KurrentDB's
/// clients speak has words for it, and what it has none for ([#inquiries], [#controls]).
///
/// What the server refuses is a [ProjectionFailedException]; what else may go wrong is what
/// [RemoteEventStore] says.
public final class RemoteProjections {

  private static final Empty EMPTY = Empty.getDefaultInstance();

  private final ManagedChannel channel;
  private final ConnectionString connection;
  private final Failures failures;

  RemoteProjections(ManagedChannel channel, ConnectionString connection, Failures failures) {
    this.channel = channel;
    this.connection = connection;
    this.failures = failures;
  }

  /// All of them.
  ///
  /// @return by name
  public List<ProjectionReport> list() {
    return statistics(StatisticsReq.Options.newBuilder().setAll(EMPTY), "The list of projections");
  }

  /// How one is.
  ///
  /// @param name its name
  /// @return as of this moment
  public ProjectionReport statistics(String name) {
    var call = "The look at projection " + name;
    return statistics(StatisticsReq.Options.newBuilder().setName(name), call).stream()
        .findFirst()
        .orElseThrow(() -> notUnderstood(call));
  }

  private List<ProjectionReport> statistics(StatisticsReq.Options.Builder options, String call) {
    var request = StatisticsReq.newBuilder().setOptions(options).build();
    return asked(
        call,
        request.getSerializedSize(),
        () -> {
          var reports = new ArrayList<ProjectionReport>();
          ClientCalls.blockingServerStreamingCall(
                  channel, ProjectionsGrpc.getStatisticsMethod(), callOptions(), request)
              .forEachRemaining(answer -> reports.add(report(answer.getDetails())));
          reports.sort(Comparator.comparing(ProjectionReport::name));
          return List.copyOf(reports);
        });
  }

  /// Makes one that runs for ever, and starts at once.
  ///
  /// @param name its name
  /// @param query the script
  /// @param emitEnabled whether it may write
  /// @param trackEmittedStreams whether the streams that it writes to are listed
  public void createContinuous(
      String name, String query, boolean emitEnabled, boolean trackEmittedStreams) {
    create(
        CreateReq.Options.newBuilder()
            .setQuery(query)
            .setContinuous(
                CreateReq.Options.Continuous.newBuilder()
                    .setName(name)
                    .setEmitEnabled(emitEnabled)
                    .setTrackEmittedStreams(trackEmittedStreams)),
        name);
  }

  /// Makes one that runs to the end of the log, and is forgotten when nobody asks any more.
  ///
  /// @param name its name
  /// @param query the script
  public void createTransient(String name, String query) {
    create(
        CreateReq.Options.newBuilder()
            .setQuery(query)
            .setTransient(CreateReq.Options.Transient.newBuilder().setName(name)),
        name);
  }

  private void create(CreateReq.Options.Builder options, String name) {
    var _ =
        ask(
            ProjectionsGrpc.getCreateMethod(),
            CreateReq.newBuilder().setOptions(options).build(),
            "The creation of projection " + name);
  }

  /// Gives one another script.
  ///
  /// @param name its name
  /// @param query the script
  /// @param emitEnabled whether it may write; empty to leave that as it is
  public void update(String name, String query, Optional<Boolean> emitEnabled) {
    var options = UpdateReq.Options.newBuilder().setName(name).setQuery(query);
    var _ =
        ask(
            ProjectionsGrpc.getUpdateMethod(),
            UpdateReq.newBuilder()
                .setOptions(
                    emitEnabled
                        .map(options::setEmitEnabled)
                        .orElseGet(() -> options.setNoEmitOptions(EMPTY)))
                .build(),
            "The change of projection " + name);
  }

  /// Deletes one that is stopped or faulted.
  ///
  /// @param name its name
  /// @param emittedStreams whether the streams that it emitted to go too
  /// @param stateStream whether its results go too
  /// @param checkpointStream whether its checkpoint goes too
  public void delete(
      String name, boolean emittedStreams, boolean stateStream, boolean checkpointStream) {
    var options =
        DeleteReq.Options.newBuilder()
            .setName(name)
            .setDeleteEmittedStreams(emittedStreams)
            .setDeleteStateStream(stateStream)
            .setDeleteCheckpointStream(checkpointStream);
    var _ =
        ask(
            ProjectionsGrpc.getDeleteMethod(),
            DeleteReq.newBuilder().setOptions(options).build(),
            "The deletion of projection " + name);
  }

  /// Starts one, and has it started whenever the server starts.
  ///
  /// @param name its name
  public void enable(String name) {
    var _ =
        ask(
            ProjectionsGrpc.getEnableMethod(),
            EnableReq.newBuilder().setOptions(EnableReq.Options.newBuilder().setName(name)).build(),
            "The start of projection " + name);
  }

  /// Stops one behind a last step.
  ///
  /// @param name its name
  public void disable(String name) {
    stop(name, true);
  }

  /// Stops one without the step that is open.
  ///
  /// @param name its name
  public void abort(String name) {
    stop(name, false);
  }

  private void stop(String name, boolean writeCheckpoint) {
    var _ =
        ask(
            ProjectionsGrpc.getDisableMethod(),
            DisableReq.newBuilder()
                .setOptions(
                    DisableReq.Options.newBuilder()
                        .setName(name)
                        .setWriteCheckpoint(writeCheckpoint))
                .build(),
            "The stop of projection " + name);
  }

  /// Makes one begin at zero.
  ///
  /// @param name its name
  public void reset(String name) {
    var _ =
        ask(
            ProjectionsGrpc.getResetMethod(),
            ResetReq.newBuilder()
                .setOptions(ResetReq.Options.newBuilder().setName(name).setWriteCheckpoint(true))
                .build(),
            "The reset of projection " + name);
  }

  /// The state of a partition.
  ///
  /// @param name of the projection
  /// @param partition the partition, empty for the one state
  /// @return JSON; empty, or an object without members, if there is none
  public String state(String name, String partition) {
    var options = StateReq.Options.newBuilder().setName(name).setPartition(partition);
    return json(
        ask(
                ProjectionsGrpc.getStateMethod(),
                StateReq.newBuilder().setOptions(options).build(),
                "The state of projection " + name)
            .getState());
  }

  /// What becomes of the state of a partition.
  ///
  /// @param name of the projection
  /// @param partition the partition, empty for the one state
  /// @return JSON; empty, or an object without members, if there is none
  public String result(String name, String partition) {
    var options = ResultReq.Options.newBuilder().setName(name).setPartition(partition);
    return json(
        ask(
                ProjectionsGrpc.getResultMethod(),
                ResultReq.newBuilder().setOptions(options).build(),
                "The result of projection " + name)
            .getResult());
  }

  /// The wire tells no state from an empty one: both are a value of no kind, or without members.
  private static String json(Value value) {
    return switch (value.getKindCase()) {
      case KIND_NOT_SET, NULL_VALUE -> "";
      default -> ValueJson.of(value);
    };
  }

  /// What a Leftfold server tells beyond the wire that KurrentDB's clients speak.
  ///
  /// @return answers
  public RemoteInquiries inquiries() {
    return new RemoteInquiries(this, channel);
  }

  /// What a Leftfold server lets its operators do beyond that wire.
  ///
  /// @return does it
  public RemoteControls controls() {
    return new RemoteControls(this);
  }

  /// The error of an answer that lacks what was asked for.
  RuntimeException notUnderstood(String call) {
    return failures.notUnderstood(call, new IllegalStateException("no answer in the answer"));
  }

  <Q extends MessageLite, A> A ask(MethodDescriptor<Q, A> method, Q request, String call) {
    return asked(
        call,
        request.getSerializedSize(),
        () -> ClientCalls.blockingUnaryCall(channel, method, callOptions(), request));
  }

  private CallOptions callOptions() {
    return CallOptions.DEFAULT.withDeadlineAfter(connection.defaultDeadline());
  }

  <A> A asked(String call, int requestBytes, Supplier<A> question) {
    try {
      return question.get();
    } catch (StatusRuntimeException e) {
      throw failure(e, call, requestBytes);
    }
  }

  private RuntimeException failure(StatusRuntimeException e, String call, int requestBytes) {
    var said = Optional.ofNullable(e.getStatus().getDescription());
    return switch (e.getStatus().getCode()) {
      case NOT_FOUND, ALREADY_EXISTS, FAILED_PRECONDITION, UNKNOWN ->
          new ProjectionFailedException(said.orElseGet(() -> "%s was refused".formatted(call)), e);
      case UNIMPLEMENTED ->
          new ProjectionFailedException(
              "%s cannot be asked of this server: it runs no projections".formatted(call), e);
      default -> failures.of(e, call, requestBytes);
    };
  }

  private static ProjectionReport report(StatisticsResp.Details details) {
    var figures = new LinkedHashMap<String, Object>();
    figures.put("version", details.getVersion());
    figures.put("epoch", details.getEpoch());
    figures.put("checkpoint-status", details.getCheckpointStatus());
    figures.put("events-processed-after-restart", details.getEventsProcessedAfterRestart());
    figures.put("partitions-cached", details.getPartitionsCached());
    figures.put("buffered-events", details.getBufferedEvents());
    figures.put("reads-in-progress", details.getReadsInProgress());
    figures.put("writes-in-progress", details.getWritesInProgress());
    figures.put("write-pending-before-checkpoint", details.getWritePendingEventsBeforeCheckpoint());
    figures.put("write-pending-after-checkpoint", details.getWritePendingEventsAfterCheckpoint());
    figures.put("core-processing-millis", details.getCoreProcessingTime());
    return new ProjectionReport(
        details.getName(),
        details.getMode(),
        details.getStatus(),
        details.getStateReason(),
        details.getPosition(),
        details.getLastCheckpoint(),
        details.getProgress(),
        figures);
  }
}
