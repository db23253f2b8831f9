// SPDX-License-Identifier: Apache-2.0

package io.leftfold.verification.access;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.ErrorInfo;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import io.leftfold.api.NotAuthorizedException;
import io.leftfold.api.StreamName;
import io.leftfold.protocol.messages.errors.AccessDeniedErrorDetails;
import io.leftfold.protocol.messages.manystreams.AppendRecord;
import io.leftfold.protocol.messages.manystreams.AppendRecordsRequest;
import io.leftfold.protocol.messages.manystreams.AppendRequest;
import io.leftfold.protocol.messages.manystreams.AppendSessionResponse;
import io.leftfold.protocol.messages.manystreams.ConsistencyCheck;
import io.leftfold.protocol.messages.manystreams.SchemaFormat;
import io.leftfold.protocol.messages.manystreams.SchemaInfo;
import io.leftfold.protocol.messages.manystreams.StreamsServiceGrpc;
import io.leftfold.protocol.messages.rpc.Code;
import io.leftfold.protocol.messages.shared.AccessDenied;
import io.leftfold.protocol.messages.shared.Empty;
import io.leftfold.protocol.messages.shared.StreamIdentifier;
import io.leftfold.protocol.messages.shared.UUID;
import io.leftfold.protocol.messages.streams.AppendReq;
import io.leftfold.protocol.messages.streams.AppendResp;
import io.leftfold.protocol.messages.streams.BatchAppendReq;
import io.leftfold.protocol.messages.streams.BatchAppendResp;
import io.leftfold.protocol.messages.streams.DeleteReq;
import io.leftfold.protocol.messages.streams.ReadReq;
import io.leftfold.protocol.messages.streams.StreamsGrpc;
import io.leftfold.protocol.messages.streams.TombstoneReq;
import io.leftfold.verification.running.Await;
import io.leftfold.verification.running.TestServer;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/// What somebody does with a store as clients of KurrentDB do, by each call that there is for it.
/// The calls agree whether it may be done, and say in the way of each that it may not.
final class KurrentDoor implements AccessMatrixTest.Door {

  private static final Empty EMPTY = Empty.getDefaultInstance();
  private static final long NOT_SO = 999_999;

  private final String user;
  private final ManagedChannel channel;
  private final Channel known;

  private KurrentDoor(String user, ManagedChannel channel, Channel known) {
    this.user = user;
    this.channel = channel;
    this.known = known;
  }

  static KurrentDoor of(TestServer server, String user, String password) {
    var channel =
        ManagedChannelBuilder.forAddress("127.0.0.1", server.port()).usePlaintext().build();
    var headers = new Metadata();
    if (!user.isEmpty()) {
      headers.put(
          Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER),
          "Basic " + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(UTF_8)));
    }
    return new KurrentDoor(
        user,
        channel,
        ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(headers)));
  }

  private StreamsGrpc.StreamsBlockingStub streams() {
    return StreamsGrpc.newBlockingStub(known).withDeadlineAfter(Await.LIMIT);
  }

  private StreamsServiceGrpc.StreamsServiceBlockingStub manyStreams() {
    return StreamsServiceGrpc.newBlockingStub(known).withDeadlineAfter(Await.LIMIT);
  }

  // ---- what is done

  @Override
  public void read(StreamName stream) {
    read(options ->
        options.setStream(
            ReadReq.Options.StreamOptions.newBuilder()
                .setStreamIdentifier(identifier(stream))
                .setStart(EMPTY)));
  }

  @Override
  public void readAll() {
    read(options -> options.setAll(ReadReq.Options.AllOptions.newBuilder().setStart(EMPTY)));
  }

  private void read(Consumer<ReadReq.Options.Builder> of) {
    var options =
        ReadReq.Options.newBuilder()
            .setCount(1)
            .setNoFilter(EMPTY)
            .setUuidOption(ReadReq.Options.UUIDOption.newBuilder().setString(EMPTY));
    of.accept(options);
    agreed(() ->
        isDenied(() ->
            streams()
                .read(ReadReq.newBuilder().setOptions(options).build())
                .forEachRemaining(_ -> {})));
  }

  @Override
  public void query() {
    throw new UnsupportedOperationException("Clients of KurrentDB ask for no tags");
  }

  @Override
  public void write(StreamName stream) {
    agreed(
        () -> isDenied(() -> append(stream)),
        () -> isDeniedInBatch(stream),
        () -> isDeniedAmongMany(() -> appendSession(stream)),
        () -> isDeniedAmongMany(() -> appendRecords(stream)));
  }

  @Override
  public void delete(StreamName stream) {
    agreed(
        () -> isDenied(() -> delete(identifier(stream))),
        () -> isDenied(() -> tombstone(identifier(stream))));
  }

  /// Clients know the metadata of a stream as another stream.
  @Override
  public void readMetadata(StreamName stream) {
    read(stream.metastream());
  }

  @Override
  public void writeMetadata(StreamName stream) {
    write(stream.metastream());
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }

  // ---- each of the calls, expecting what is not so

  private static StreamIdentifier identifier(StreamName stream) {
    return StreamIdentifier.newBuilder()
        .setStreamName(ByteString.copyFromUtf8(stream.value()))
        .build();
  }

  private static UUID newId() {
    return UUID.newBuilder().setString(java.util.UUID.randomUUID().toString()).build();
  }

  private void delete(StreamIdentifier stream) {
    var _ =
        streams()
            .delete(
                DeleteReq.newBuilder()
                    .setOptions(
                        DeleteReq.Options.newBuilder()
                            .setStreamIdentifier(stream)
                            .setRevision(NOT_SO))
                    .build());
  }

  private void tombstone(StreamIdentifier stream) {
    var _ =
        streams()
            .tombstone(
                TombstoneReq.newBuilder()
                    .setOptions(
                        TombstoneReq.Options.newBuilder()
                            .setStreamIdentifier(stream)
                            .setRevision(NOT_SO))
                    .build());
  }

  private void append(StreamName stream) {
    var answer = new Answer<AppendResp>();
    var call = StreamsGrpc.newStub(known).withDeadlineAfter(Await.LIMIT).append(answer);
    call.onNext(
        AppendReq.newBuilder()
            .setOptions(
                AppendReq.Options.newBuilder()
                    .setStreamIdentifier(identifier(stream))
                    .setRevision(NOT_SO))
            .build());
    call.onNext(
        AppendReq.newBuilder()
            .setProposedMessage(
                AppendReq.ProposedMessage.newBuilder()
                    .setId(newId())
                    .putMetadata("type", "Happened")
                    .putMetadata("content-type", "application/json")
                    .setData(ByteString.copyFromUtf8("{}")))
            .build());
    call.onCompleted();
    assertThat(answer.await().hasWrongExpectedVersion()).isTrue();
  }

  private boolean isDeniedInBatch(StreamName stream) {
    var answer = new Answer<BatchAppendResp>();
    var call = StreamsGrpc.newStub(known).withDeadlineAfter(Await.LIMIT).batchAppend(answer);
    call.onNext(
        BatchAppendReq.newBuilder()
            .setCorrelationId(newId())
            .setOptions(
                BatchAppendReq.Options.newBuilder()
                    .setStreamIdentifier(identifier(stream))
                    .setStreamPosition(NOT_SO))
            .addProposedMessages(
                BatchAppendReq.ProposedMessage.newBuilder()
                    .setId(newId())
                    .putMetadata("type", "Happened")
                    .putMetadata("content-type", "application/json")
                    .setData(ByteString.copyFromUtf8("{}")))
            .setIsFinal(true)
            .build());
    call.onCompleted();
    var response = answer.await();
    assertThat(response.hasError()).as("%s", response).isTrue();
    var error = response.getError();
    var denied = error.getDetails().is(AccessDenied.class);
    assertThat(error.getCode() == Code.PERMISSION_DENIED).as("%s", error).isEqualTo(denied);
    return denied;
  }

  private static AppendRecord.Builder record() {
    return AppendRecord.newBuilder()
        .setSchema(
            SchemaInfo.newBuilder().setName("Happened").setFormat(SchemaFormat.SCHEMA_FORMAT_JSON))
        .setData(ByteString.copyFromUtf8("{}"));
  }

  private void appendSession(StreamName stream) {
    var answer = new Answer<AppendSessionResponse>();
    var call =
        StreamsServiceGrpc.newStub(known).withDeadlineAfter(Await.LIMIT).appendSession(answer);
    call.onNext(
        AppendRequest.newBuilder()
            .setStream(stream.value())
            .setExpectedRevision(NOT_SO)
            .addRecords(record())
            .build());
    call.onCompleted();
    var _ = answer.await();
  }

  private void appendRecords(StreamName stream) {
    var check =
        ConsistencyCheck.newBuilder()
            .setStreamState(
                ConsistencyCheck.StreamStateCheck.newBuilder()
                    .setStream(stream.value())
                    .setExpectedState(NOT_SO));
    var _ =
        manyStreams()
            .appendRecords(
                AppendRecordsRequest.newBuilder()
                    .addRecords(record().setStream(stream.value()))
                    .addChecks(check)
                    .build());
  }

  // ---- how it is said that something may not be done

  private interface Attempt {
    boolean isDenied();
  }

  private static void agreed(Attempt... attempts) {
    var denied = List.of(attempts).stream().map(Attempt::isDenied).distinct().toList();
    assertThat(denied).as("whether it is denied by each of the calls").hasSize(1);
    if (denied.getFirst()) {
      throw new NotAuthorizedException("Access Denied");
    }
  }

  private static boolean isDenied(Runnable call) {
    try {
      call.run();
      return false;
    } catch (StatusRuntimeException refused) {
      if (refused.getStatus().getCode() != Status.Code.PERMISSION_DENIED) {
        return false; // wrong expected version, deleted: whoever is told that had the right
      }
      assertThat(refused.getStatus().getDescription()).isEqualTo("Access Denied");
      assertThat(
              Objects.requireNonNull(refused.getTrailers())
                  .get(Metadata.Key.of("exception", Metadata.ASCII_STRING_MARSHALLER)))
          .isEqualTo("access-denied");
      return true;
    }
  }

  private boolean isDeniedAmongMany(Runnable call) {
    try {
      call.run();
      throw new AssertionError("What is not so was taken for granted");
    } catch (StatusRuntimeException refused) {
      if (refused.getStatus().getCode() != Status.Code.PERMISSION_DENIED) {
        return false;
      }
      var details = Objects.requireNonNull(StatusProto.fromThrowable(refused)).getDetailsList();
      try {
        assertThat(details.getFirst().unpack(ErrorInfo.class).getReason())
            .isEqualTo("ACCESS_DENIED");
        assertThat(details.getLast().unpack(AccessDeniedErrorDetails.class))
            .isEqualTo(expectedDetails());
      } catch (InvalidProtocolBufferException e) {
        throw new AssertionError("The details are " + details, e);
      }
      return true;
    }
  }

  private AccessDeniedErrorDetails expectedDetails() {
    var details = AccessDeniedErrorDetails.newBuilder().setOperation("append");
    return (user.isEmpty() ? details : details.setUsername(user)).build();
  }

  /// The one answer of a call that takes several requests.
  private static final class Answer<R> implements StreamObserver<R> {
    private final CompletableFuture<R> answer = new CompletableFuture<>();

    R await() {
      try {
        return answer.get(Await.LIMIT.toMillis(), TimeUnit.MILLISECONDS);
      } catch (ExecutionException e) {
        throw (StatusRuntimeException) e.getCause();
      } catch (TimeoutException e) {
        throw new AssertionError("The call took longer than " + Await.LIMIT, e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new AssertionError(e);
      }
    }

    @Override
    public void onNext(R message) {
      answer.complete(message);
    }

    @Override
    public void onError(Throwable failure) {
      answer.completeExceptionally(failure);
    }

    @Override
    public void onCompleted() {
      answer.completeExceptionally(new AssertionError("The call ended without an answer"));
    }
  }
}
