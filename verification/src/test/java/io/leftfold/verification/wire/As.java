// SPDX-License-Identifier: Apache-2.0

package io.leftfold.verification.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.grpc.ClientInterceptor;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import io.leftfold.protocol.messages.dcb.DCBGrpc;
import io.leftfold.protocol.messages.groups.CreateReq;
import io.leftfold.protocol.messages.groups.DeleteReq;
import io.leftfold.protocol.messages.groups.GetInfoReq;
import io.leftfold.protocol.messages.groups.GetInfoResp;
import io.leftfold.protocol.messages.groups.ListReq;
import io.leftfold.protocol.messages.groups.PersistentSubscriptionsGrpc;
import io.leftfold.protocol.messages.groups.ReadReq;
import io.leftfold.protocol.messages.groups.ReadResp;
import io.leftfold.protocol.messages.groups.ReplayParkedReq;
import io.leftfold.protocol.messages.groups.TruncateParkedReq;
import io.leftfold.protocol.messages.groups.UpdateReq;
import io.leftfold.protocol.messages.operations.OperationsGrpc;
import io.leftfold.protocol.messages.parked.GroupsGrpc;
import io.leftfold.protocol.messages.parked.ParkedRequest;
import io.leftfold.protocol.messages.parked.ParkedResponse;
import io.leftfold.protocol.messages.parked.ReplayChosenRequest;
import io.leftfold.protocol.messages.projections.ProjectionsGrpc;
import io.leftfold.verification.running.Await;
import java.util.Base64;

/// What somebody says about groups, projections and boundaries, on a wire. A source is a stream or
/// `$all`; a group is `g`.
record As(Wire wire, String user, String password) {

  static final String ALL = "$all";
  private static final String GROUP = "g";

  ClientInterceptor credentials() {
    var headers = new Metadata();
    if (!user.isEmpty()) {
      headers.put(
          Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER),
          "Basic " + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(UTF_8)));
    }
    return MetadataUtils.newAttachHeadersInterceptor(headers);
  }

  PersistentSubscriptionsGrpc.PersistentSubscriptionsBlockingStub groups() {
    return PersistentSubscriptionsGrpc.newBlockingStub(wire.channel())
        .withInterceptors(credentials())
        .withDeadlineAfter(Await.LIMIT);
  }

  DCBGrpc.DCBBlockingStub boundaries() {
    return DCBGrpc.newBlockingStub(wire.channel())
        .withInterceptors(credentials())
        .withDeadlineAfter(Await.LIMIT);
  }

  OperationsGrpc.OperationsBlockingStub operations() {
    return OperationsGrpc.newBlockingStub(wire.channel())
        .withInterceptors(credentials())
        .withDeadlineAfter(Await.LIMIT);
  }

  private GroupsGrpc.GroupsBlockingStub ours() {
    return GroupsGrpc.newBlockingStub(wire.channel())
        .withInterceptors(credentials())
        .withDeadlineAfter(Await.LIMIT);
  }

  io.leftfold.protocol.messages.inquiries.ProjectionsGrpc.ProjectionsBlockingStub inquiries() {
    return io.leftfold.protocol.messages.inquiries.ProjectionsGrpc.newBlockingStub(wire.channel())
        .withInterceptors(credentials())
        .withDeadlineAfter(Await.LIMIT);
  }

  ProjectionsGrpc.ProjectionsBlockingStub projections() {
    return ProjectionsGrpc.newBlockingStub(wire.channel())
        .withInterceptors(credentials())
        .withDeadlineAfter(Await.LIMIT);
  }

  /// Waits until the server has taken its groups up.
  void awaitGroups() {
    Await.until(
        "groups run",
        () -> {
          try {
            list();
            return true;
          } catch (StatusRuntimeException _) {
            return false;
          }
        });
  }

  Object create(String source) {
    var options =
        CreateReq.Options.newBuilder()
            .setGroupName(GROUP)
            .setSettings(
                CreateReq.Settings.newBuilder()
                    .setMessageTimeoutMs(30_000)
                    .setMaxRetryCount(10)
                    .setCheckpointAfterMs(2_000)
                    .setMinCheckpointCount(10)
                    .setMaxCheckpointCount(1_000)
                    .setLiveBufferSize(500)
                    .setReadBatchSize(20)
                    .setHistoryBufferSize(500)
                    .setConsumerStrategy("RoundRobin"));
    if (source.equals(ALL)) {
      options.setAll(
          CreateReq.AllOptions.newBuilder().setStart(Wire.EMPTY).setNoFilter(Wire.EMPTY));
    } else {
      options.setStream(
          CreateReq.StreamOptions.newBuilder()
              .setStreamIdentifier(Wire.stream(source))
              .setStart(Wire.EMPTY));
    }
    return groups().create(CreateReq.newBuilder().setOptions(options).build());
  }

  Object update(String source) {
    var options =
        UpdateReq.Options.newBuilder()
            .setGroupName(GROUP)
            .setSettings(
                UpdateReq.Settings.newBuilder()
                    .setMaxRetryCount(10)
                    .setMessageTimeoutMs(30_000)
                    .setCheckpointAfterMs(2_000)
                    .setMinCheckpointCount(10)
                    .setMaxCheckpointCount(1_000)
                    .setLiveBufferSize(500)
                    .setReadBatchSize(20)
                    .setHistoryBufferSize(500));
    if (source.equals(ALL)) {
      options.setAll(UpdateReq.AllOptions.newBuilder().setStart(Wire.EMPTY));
    } else {
      options.setStream(
          UpdateReq.StreamOptions.newBuilder()
              .setStreamIdentifier(Wire.stream(source))
              .setStart(Wire.EMPTY));
    }
    return groups().update(UpdateReq.newBuilder().setOptions(options).build());
  }

  Object delete(String source) {
    var options = DeleteReq.Options.newBuilder().setGroupName(GROUP);
    return groups()
        .delete(
            DeleteReq.newBuilder()
                .setOptions(
                    source.equals(ALL)
                        ? options.setAll(Wire.EMPTY)
                        : options.setStreamIdentifier(Wire.stream(source)))
                .build());
  }

  Object replay(String source) {
    var options = ReplayParkedReq.Options.newBuilder().setGroupName(GROUP).setNoLimit(Wire.EMPTY);
    return groups()
        .replayParked(
            ReplayParkedReq.newBuilder()
                .setOptions(
                    source.equals(ALL)
                        ? options.setAll(Wire.EMPTY)
                        : options.setStreamIdentifier(Wire.stream(source)))
                .build());
  }

  Object truncate(String source) {
    var options = TruncateParkedReq.Options.newBuilder().setGroupName(GROUP).setStopAt(0);
    return groups()
        .truncateParked(
            TruncateParkedReq.newBuilder()
                .setOptions(
                    source.equals(ALL)
                        ? options.setAll(Wire.EMPTY)
                        : options.setStreamIdentifier(Wire.stream(source)))
                .build());
  }

  GetInfoResp info(String source) {
    var options = GetInfoReq.Options.newBuilder().setGroupName(GROUP);
    return groups()
        .getInfo(
            GetInfoReq.newBuilder()
                .setOptions(
                    source.equals(ALL)
                        ? options.setAll(Wire.EMPTY)
                        : options.setStreamIdentifier(Wire.stream(source)))
                .build());
  }

  Object list() {
    return groups()
        .list(
            ListReq.newBuilder()
                .setOptions(ListReq.Options.newBuilder().setListAllSubscriptions(Wire.EMPTY))
                .build());
  }

  ParkedResponse parked(String source) {
    return ours()
        .parked(ParkedRequest.newBuilder().setSource(source).setGroup(GROUP).setLimit(10).build());
  }

  Object replayChosen(String source) {
    return ours()
        .replayChosen(ReplayChosenRequest.newBuilder().setSource(source).setGroup(GROUP).build());
  }

  /// Connects as a consumer. Its first answer is the confirmation, or it is refused.
  Wire.Replies<ReadReq, ReadResp> consume(String source) {
    var options =
        ReadReq.Options.newBuilder()
            .setGroupName(GROUP)
            .setBufferSize(10)
            .setUuidOption(ReadReq.Options.UUIDOption.newBuilder().setString(Wire.EMPTY));
    var replies = new Wire.Replies<ReadReq, ReadResp>();
    PersistentSubscriptionsGrpc.newStub(wire.channel())
        .withInterceptors(credentials())
        .read(replies)
        .onNext(
            ReadReq.newBuilder()
                .setOptions(
                    source.equals(ALL)
                        ? options.setAll(Wire.EMPTY)
                        : options.setStreamIdentifier(Wire.stream(source)))
                .build());
    return replies;
  }

  /// Connects, and leaves at once if it was let in.
  Object connect(String source) {
    var replies = consume(source);
    Await.until("an answer", () -> !replies.messages.isEmpty() || replies.failure.isDone());
    if (replies.failure.isDone()) {
      throw replies.refused();
    }
    replies.call().cancel("enough", null);
    return replies;
  }
}
