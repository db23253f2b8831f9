// SPDX-License-Identifier: Apache-2.0

package io.leftfold.verification.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.rpc.ErrorInfo;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.ClientCalls;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.StreamName;
import io.leftfold.client.ConnectionString;
import io.leftfold.client.RemoteUsers;
import io.leftfold.protocol.messages.errors.AccessDeniedErrorDetails;
import io.leftfold.protocol.messages.registry.DeleteSchemaRequest;
import io.leftfold.protocol.messages.registry.SchemaRegistryServiceGrpc;
import io.leftfold.verification.running.Await;
import io.leftfold.verification.running.TestServer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/// Who may do what with schemas, and what `$audit` says of it.
@TestInstance(Lifecycle.PER_CLASS)
final class RegistryRightsTest {

  /// Each method, and the letters of those who may: nobody in particular (n), jo (j), ops (o),
  /// admin (A).
  private static final List<String> TABLE =
      List.of(
          "CreateSchemaGroup oA",
          "UpdateSchemaGroup oA",
          "DeleteSchemaGroup oA",
          "GetSchemaGroup joA",
          "ListSchemaGroups joA",
          "CreateSchema oA",
          "UpdateSchema oA",
          "DeleteSchema oA",
          "GetSchema joA",
          "ListSchemas joA",
          "LookupSchemaName joA",
          "RegisterSchemaVersion oA",
          "DeleteSchemaVersions oA",
          "GetSchemaVersion joA",
          "GetSchemaVersionById joA",
          "ListSchemaVersions joA",
          "ListRegisteredSchemas joA",
          "CheckSchemaCompatibility joA");

  private final TestServer server = TestServer.withUsers();
  private final Wire wire = Wire.to(server);

  @BeforeAll
  void prepare() {
    try (var users =
        RemoteUsers.connect(ConnectionString.parse(server.connectionString("admin", "changeit")))) {
      users.create("jo", "jos", "Jo", List.of());
    }
  }

  @AfterAll
  void close() {
    wire.close();
    server.close();
  }

  private Channel as(String user, String password) {
    return ClientInterceptors.intercept(wire.channel(), new As(wire, user, password).credentials());
  }

  @Test
  void everybody_with_everything_that_can_be_done() {
    var everybody = new LinkedHashMap<Character, Channel>();
    everybody.put('n', wire.channel());
    everybody.put('j', as("jo", "jos"));
    everybody.put('o', as("ops", "changeit"));
    everybody.put('A', as("admin", "changeit"));
    var found = new ArrayList<String>();
    for (var method : SchemaRegistryServiceGrpc.getServiceDescriptor().getMethods()) {
      if ("BulkRegisterSchemas".equals(method.getBareMethodName())) {
        continue;
      }
      var may = new StringBuilder();
      everybody.forEach((letter, who) -> {
        if (passes(who, method)) {
          may.append(letter);
        }
      });
      found.add("%s %s".formatted(method.getBareMethodName(), may));
    }
    assertThat(found).containsExactlyInAnyOrderElementsOf(TABLE);
  }

  /// Calls a method with an empty request: that it makes no sense is told only to those who may.
  @SuppressWarnings("unchecked") // what is sent is of the method's own type
  private static <Q, R> boolean passes(Channel who, MethodDescriptor<Q, R> method) {
    var marshaller = (MethodDescriptor.PrototypeMarshaller<Q>) method.getRequestMarshaller();
    var request = (Q) (Message) Objects.requireNonNull(marshaller.getMessagePrototype());
    try {
      var answer =
          ClientCalls.blockingUnaryCall(
              who, method, CallOptions.DEFAULT.withDeadlineAfter(Await.LIMIT), request);
      assertThat(answer).isNotNull();
      return true;
    } catch (StatusRuntimeException refused) {
      if (Set.of(Status.Code.NOT_FOUND, Status.Code.INVALID_ARGUMENT)
          .contains(refused.getStatus().getCode())) {
        return true;
      }
      assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
      assertThat(Wire.text(refused)).containsAnyOf("manage schemas", "read schemas");
      assertThat(denied(refused).getOperation()).isEqualTo(method.getBareMethodName());
      return false;
    }
  }

  private static AccessDeniedErrorDetails denied(StatusRuntimeException refused) {
    var details = Objects.requireNonNull(StatusProto.fromThrowable(refused)).getDetailsList();
    try {
      assertThat(details.getFirst().unpack(ErrorInfo.class).getReason()).isEqualTo("ACCESS_DENIED");
      return details.getLast().unpack(AccessDeniedErrorDetails.class);
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void what_is_done_and_what_is_denied_is_in_the_audit() {
    delete("ops", "changeit");
    delete("jo", "jos");

    assertThat(
            server.store().read(StreamName.of("$audit"), ReadOptions.forwards()).events().stream()
                .map(event -> event.dataAsText())
                .filter(json -> json.contains("\"subject\":\"not.there\""))
                .map(json ->
                    "%s %s %s"
                        .formatted(
                            field(json, "who"), field(json, "action"), field(json, "outcome"))))
        .containsExactly(
            "ops delete schema begun", "ops delete schema failed", "jo delete schema denied");
  }

  private void delete(String user, String password) {
    var refusal =
        Wire.refusal(() ->
            SchemaRegistryServiceGrpc.newBlockingStub(as(user, password))
                .withDeadlineAfter(Await.LIMIT)
                .deleteSchema(DeleteSchemaRequest.newBuilder().setSchemaName("not.there").build()));
    assertThat(refusal.getStatus().getCode())
        .isIn(Status.Code.NOT_FOUND, Status.Code.PERMISSION_DENIED);
  }

  private static String field(String json, String name) {
    return json.replaceAll(".*\"" + name + "\":\"([^\"]*)\".*", "$1");
  }
}
