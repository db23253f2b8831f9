// SPDX-License-Identifier: Apache-2.0

package io.leftfold.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ListValue;
import com.google.protobuf.NullValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.leftfold.api.NotAuthorizedException;
import io.leftfold.api.UnavailableException;
import io.leftfold.protocol.messages.projections.CreateReq;
import io.leftfold.protocol.messages.projections.CreateResp;
import io.leftfold.protocol.messages.projections.DisableReq;
import io.leftfold.protocol.messages.projections.DisableResp;
import io.leftfold.protocol.messages.projections.ProjectionsGrpc;
import io.leftfold.protocol.messages.projections.StateReq;
import io.leftfold.protocol.messages.projections.StateResp;
import io.leftfold.protocol.messages.projections.StatisticsReq;
import io.leftfold.protocol.messages.projections.StatisticsResp;
import io.leftfold.protocol.messages.projections.UpdateReq;
import io.leftfold.protocol.messages.projections.UpdateResp;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What [RemoteProjections] asks, and how it understands the answers.
final class RemoteProjectionsTest {

  /// Keeps what it is asked; refuses if it is told to.
  private static final class Fake extends ProjectionsGrpc.ProjectionsImplBase {
    final List<Object> asked = new ArrayList<>();
    volatile Status refusal = Status.OK;
    volatile Value state = Value.getDefaultInstance();

    private <A> void answer(Object request, StreamObserver<A> answer, A value) {
      asked.add(request);
      if (refusal.isOk()) {
        answer.onNext(value);
        answer.onCompleted();
      } else {
        answer.onError(refusal.asRuntimeException());
      }
    }

    @Override
    public void create(CreateReq request, StreamObserver<CreateResp> answer) {
      answer(request, answer, CreateResp.getDefaultInstance());
    }

    @Override
    public void update(UpdateReq request, StreamObserver<UpdateResp> answer) {
      answer(request, answer, UpdateResp.getDefaultInstance());
    }

    @Override
    public void disable(DisableReq request, StreamObserver<DisableResp> answer) {
      answer(request, answer, DisableResp.getDefaultInstance());
    }

    @Override
    public void state(StateReq request, StreamObserver<StateResp> answer) {
      answer(request, answer, StateResp.newBuilder().setState(state).build());
    }

    @Override
    public void statistics(StatisticsReq request, StreamObserver<StatisticsResp> answer) {
      asked.add(request);
      for (var name : List.of("sums", "counts")) {
        answer.onNext(
            StatisticsResp.newBuilder()
                .setDetails(
                    StatisticsResp.Details.newBuilder()
                        .setName(name)
                        .setMode("Continuous")
                        .setStatus("Faulted")
                        .setStateReason("line 2")
                        .setPosition("C:7/P:7")
                        .setProgress(50)
                        .setEventsProcessedAfterRestart(3))
                .build());
      }
      answer.onCompleted();
    }
  }

  private final Fake fake = new Fake();

  @SuppressWarnings("NullAway.Init")
  private Server server;

  @SuppressWarnings("NullAway.Init")
  private RemoteEventStore store;

  @BeforeEach
  void connect() throws IOException {
    server =
        Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create())
            .addService(fake)
            .build()
            .start();
    store =
        RemoteEventStore.connect("leftfold://127.0.0.1:%d?tls=false".formatted(server.getPort()));
  }

  @AfterEach
  void close() {
    store.close();
    server.shutdownNow();
  }

  @Test
  void what_is_to_be_done_is_asked_in_the_words_of_the_wire() {
    var projections = store.projections();
    projections.createContinuous("sums", "fromAll()", true, false);
    projections.createTransient("query", "fromAll()");
    projections.update("sums", "fromAll().when()", Optional.empty());
    projections.update("sums", "fromAll().when()", Optional.of(false));
    projections.disable("sums");
    projections.abort("sums");

    var continuous = ((CreateReq) fake.asked.get(0)).getOptions();
    assertThat(continuous.getQuery()).isEqualTo("fromAll()");
    assertThat(continuous.getContinuous().getName()).isEqualTo("sums");
    assertThat(continuous.getContinuous().getEmitEnabled()).isTrue();
    assertThat(continuous.getContinuous().getTrackEmittedStreams()).isFalse();
    assertThat(((CreateReq) fake.asked.get(1)).getOptions().getTransient().getName())
        .isEqualTo("query");
    assertThat(((UpdateReq) fake.asked.get(2)).getOptions().hasNoEmitOptions()).isTrue();
    assertThat(((UpdateReq) fake.asked.get(3)).getOptions().hasEmitEnabled()).isTrue();
    assertThat(((DisableReq) fake.asked.get(4)).getOptions().getWriteCheckpoint()).isTrue();
    assertThat(((DisableReq) fake.asked.get(5)).getOptions().getWriteCheckpoint()).isFalse();
  }

  @Test
  void all_are_listed_by_name() {
    var list = store.projections().list();
    assertThat(list).extracting(ProjectionReport::name).containsExactly("counts", "sums");
    assertThat(list.getFirst().reason()).isEqualTo("line 2");
    assertThat(list.getFirst().position()).isEqualTo("C:7/P:7");
    assertThat(list.getFirst().progress()).isEqualTo(50);
    assertThat(list.getFirst().figures()).containsEntry("events-processed-after-restart", 3L);
  }

  @Test
  void a_state_is_json_again() {
    assertThat(store.projections().state("sums", "")).isEmpty();
    var list =
        ListValue.newBuilder()
            .addValues(Value.newBuilder().setNumberValue(-30))
            .addValues(Value.newBuilder().setNumberValue(0.5))
            .addValues(Value.newBuilder().setNumberValue(1e300))
            .addValues(Value.newBuilder().setBoolValue(true))
            .addValues(Value.newBuilder().setNullValue(NullValue.NULL_VALUE))
            .addValues(Value.newBuilder().setStringValue("a \"ü\"\n\\\u0001"));
    fake.state =
        Value.newBuilder()
            .setStructValue(
                Struct.newBuilder()
                    .putFields("a\tb", Value.newBuilder().setListValue(list).build()))
            .build();

    assertThat(store.projections().state("sums", "account-7"))
        .isEqualTo("{\"a\\tb\":[-30,0.5,1.0E300,true,null,\"a \\\"ü\\\"\\n\\\\\\u0001\"]}");
    assertThat(((StateReq) fake.asked.getLast()).getOptions().getPartition())
        .isEqualTo("account-7");
  }

  @ParameterizedTest
  @EnumSource(
      value = Status.Code.class,
      names = {"NOT_FOUND", "ALREADY_EXISTS", "FAILED_PRECONDITION", "UNKNOWN"})
  void what_the_server_refuses_is_said_in_its_words(Status.Code code) {
    fake.refusal = code.toStatus().withDescription("Projection 'sums' is not as you think");
    assertThatThrownBy(() -> store.projections().disable("sums"))
        .isInstanceOf(ProjectionFailedException.class)
        .hasMessage("Projection 'sums' is not as you think");
  }

  @Test
  void a_server_without_projections_is_told_from_one_that_is_not_there() {
    assertThatThrownBy(() -> store.projections().enable("sums"))
        .isInstanceOf(ProjectionFailedException.class)
        .hasMessageContaining("it runs no projections");
    fake.refusal = Status.PERMISSION_DENIED;
    assertThatThrownBy(() -> store.projections().disable("sums"))
        .isInstanceOf(NotAuthorizedException.class);
    server.shutdownNow();
    assertThatThrownBy(() -> store.projections().list()).isInstanceOf(UnavailableException.class);
  }
}
