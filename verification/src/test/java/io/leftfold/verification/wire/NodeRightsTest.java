// SPDX-License-Identifier: Apache-2.0

package io.leftfold.verification.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Message;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.MethodDescriptor;
import io.grpc.ServiceDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.leftfold.client.ConnectionString;
import io.leftfold.client.RemoteUsers;
import io.leftfold.engine.LocalEventStore;
import io.leftfold.protocol.messages.features.ServerFeaturesGrpc;
import io.leftfold.protocol.messages.gossip.GossipGrpc;
import io.leftfold.protocol.messages.monitoring.MonitoringGrpc;
import io.leftfold.protocol.messages.operations.OperationsGrpc;
import io.leftfold.protocol.messages.redaction.RedactionGrpc;
import io.leftfold.protocol.messages.users.ChangePasswordReq;
import io.leftfold.protocol.messages.users.DetailsReq;
import io.leftfold.protocol.messages.users.UsersGrpc;
import io.leftfold.server.Authentication;
import io.leftfold.server.LeftfoldServer;
import io.leftfold.server.Security;
import io.leftfold.server.ServerOptions;
import io.leftfold.verification.running.Await;
import io.leftfold.verification.running.TestServer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Who may call which method of the services that are about the node and its users.
final class NodeRightsTest {

  private static final List<ServiceDescriptor> SERVICES =
      List.of(
          OperationsGrpc.getServiceDescriptor(),
          RedactionGrpc.getServiceDescriptor(),
          MonitoringGrpc.getServiceDescriptor(),
          UsersGrpc.getServiceDescriptor(),
          GossipGrpc.getServiceDescriptor(),
          ServerFeaturesGrpc.getServiceDescriptor());

  /// Each method, and the letters of those who may: whoever names no user (n), the same where
  /// whoever names no user may ask the node about itself (e), jo (j), ops (o), admin (A).
  private static final List<String> TABLE =
      List.of(
          "Operations/StartScavenge oA",
          "Operations/StopScavenge oA",
          "Operations/Shutdown oA",
          "Operations/MergeIndexes oA",
          "Operations/ResignNode oA",
          "Operations/SetNodePriority oA",
          "Operations/RestartPersistentSubscriptions oA",
          "Redaction/GetEventPositions oA",
          "Redaction/SwitchChunks oA",
          "Monitoring/Stats ejoA",
          "Users/Create A",
          "Users/Update A",
          "Users/Delete A",
          "Users/Disable A",
          "Users/Enable A",
          "Users/Details A",
          "Users/ChangePassword A",
          "Users/ResetPassword A",
          "Gossip/Read nejoA",
          "ServerFeatures/GetSupportedMethods nejoA");

  /// With themselves people may do more.
  private static final List<String> OF_JO = List.of("Users/Details jA", "Users/ChangePassword jA");

  /// That there is no such thing, that the request makes no sense, or that it is not done here, is
  /// told only to those who may.
  private static final Set<Status.Code> NOT_FOR_WANT_OF_A_RIGHT =
      Set.of(Status.Code.NOT_FOUND, Status.Code.INVALID_ARGUMENT, Status.Code.UNIMPLEMENTED);

  @Test
  void everybody_with_everything_that_can_be_done() {
    try (var server = TestServer.withUsers();
        var talkative = new Talkative();
        var wire = Wire.to(server);
        var toTalkative = Wire.to(talkative.server.port());
        var users =
            RemoteUsers.connect(
                ConnectionString.parse(server.connectionString("admin", "changeit")))) {
      users.create("jo", "jos", "Jo", List.of());
      var everybody = new LinkedHashMap<Character, Channel>();
      everybody.put('n', wire.channel());
      everybody.put('e', toTalkative.channel());
      everybody.put('j', as(wire, "jo", "jos"));
      everybody.put('o', as(wire, "ops", "changeit"));
      everybody.put('A', as(wire, "admin", "changeit"));

      assertThat(SERVICES.stream().flatMap(NodeRightsTest::methods).map(NodeRightsTest::name))
          .as("the methods in the table")
          .containsExactlyInAnyOrderElementsOf(
              TABLE.stream().map(line -> line.split(" ", -1)[0]).toList());
      assertThat(found(TABLE, everybody, Map.of())).isEqualTo(TABLE);
      assertThat(
              found(
                  OF_JO,
                  everybody,
                  Map.of("Users/Details", detailsOfJo(), "Users/ChangePassword", samePassword())))
          .isEqualTo(OF_JO);
    }
  }

  /// A server that tells everybody about itself.
  private static final class Talkative implements AutoCloseable {
    final LocalEventStore store = LocalEventStore.inMemory();
    final LeftfoldServer server =
        LeftfoldServer.start(
            store,
            ServerOptions.insecure()
                .withAddress("127.0.0.1", 0)
                .withSecurity(
                    Security.plaintextWithUsers(
                        new Authentication(
                            Optional.empty(), Optional.empty(), true, false, 1_000))));

    @Override
    public void close() {
      server.close();
      store.close();
    }
  }

  private static Channel as(Wire wire, String user, String password) {
    return ClientInterceptors.intercept(wire.channel(), new As(wire, user, password).credentials());
  }

  // ---- methods

  private static Stream<MethodDescriptor<?, ?>> methods(ServiceDescriptor service) {
    return service.getMethods().stream();
  }

  private static String name(MethodDescriptor<?, ?> method) {
    var full = method.getFullMethodName();
    return full.substring(full.lastIndexOf('.') + 1);
  }

  private static List<String> found(
      List<String> table, Map<Character, Channel> everybody, Map<String, Message> requests) {
    var found = new ArrayList<String>();
    for (var line : table) {
      var name = line.split(" ", -1)[0];
      var method =
          SERVICES.stream()
              .flatMap(NodeRightsTest::methods)
              .filter(candidate -> name(candidate).equals(name))
              .findFirst()
              .orElseThrow();
      var may = new StringBuilder();
      everybody.forEach((letter, who) -> {
        if (passes(who, method, Optional.ofNullable(requests.get(name)))) {
          may.append(letter);
        }
      });
      found.add("%s %s".formatted(name, may));
    }
    return found;
  }

  /// Calls a method, with an empty request unless there is another.
  @SuppressWarnings("unchecked") // what is sent is of the method's own type
  private static <Q, R> boolean passes(
      Channel who, MethodDescriptor<Q, R> method, Optional<Message> request) {
    var marshaller = (MethodDescriptor.PrototypeMarshaller<Q>) method.getRequestMarshaller();
    var sent =
        (Q)
            request.orElseGet(
                () -> (Message) Objects.requireNonNull(marshaller.getMessagePrototype()));
    var options = CallOptions.DEFAULT.withDeadlineAfter(Await.LIMIT);
    try {
      var answer =
          method.getType() == MethodDescriptor.MethodType.UNARY
              ? ClientCalls.blockingUnaryCall(who, method, options, sent)
              : ClientCalls.blockingServerStreamingCall(who, method, options, sent).next();
      assertThat(answer).isNotNull();
      return true;
    } catch (StatusRuntimeException refused) {
      if (NOT_FOR_WANT_OF_A_RIGHT.contains(refused.getStatus().getCode())) {
        return true;
      }
      assertThat(refused.getStatus().getCode())
          .as("%s: %s", method.getFullMethodName(), refused.getStatus())
          .isEqualTo(Status.Code.PERMISSION_DENIED);
      assertThat(Wire.trailers(refused)).containsEntry("exception", "access-denied");
      return false;
    }
  }

  // ---- requests that are not empty

  private static Message detailsOfJo() {
    return DetailsReq.newBuilder()
        .setOptions(DetailsReq.Options.newBuilder().setLoginName("jo"))
        .build();
  }

  private static Message samePassword() {
    return ChangePasswordReq.newBuilder()
        .setOptions(
            ChangePasswordReq.Options.newBuilder()
                .setLoginName("jo")
                .setCurrentPassword("jos")
                .setNewPassword("jos"))
        .build();
  }
}
