// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.grpc.node;

import io.leftfold.protocol.messages.features.SupportedMethod;
import io.leftfold.protocol.messages.features.SupportedMethods;
import io.leftfold.protocol.messages.gossip.ClusterInfo;
import io.leftfold.protocol.messages.gossip.EndPoint;
import io.leftfold.protocol.messages.gossip.MemberInfo;
import io.leftfold.protocol.messages.shared.UUID;
import io.leftfold.protocol.wire.Ticks;
import io.leftfold.server.edge.GrpcCall;
import io.leftfold.server.edge.GrpcHandler;
import io.leftfold.server.edge.GrpcListener;
import io.leftfold.server.edge.GrpcStatus;
import io.leftfold.server.node.Node;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

/// `ServerFeatures` and `Gossip` of a single node, which always leads.
public final class NodeServices {

  /// The version of KurrentDB that this wire is like: clients compare it with what they need.
  public static final String WIRE_VERSION = "26.1.0";

  private static final Map<String, List<String>> FEATURES =
      Map.of(
          "/event_store.client.streams.streams/read", List.of("position", "events"),
          "/event_store.client.streams.streams/batchappend", List.of("deadline_duration"),
          "/event_store.client.projections.projections/create", List.of("track_emitted_streams"));

  /// Each of the methods of persistent subscriptions works for a stream and for all of them.
  private static final String OF_GROUPS =
      "/event_store.client.persistent_subscriptions.persistentsubscriptions/";

  private static final List<String> FEATURES_OF_GROUPS = List.of("stream", "all");

  private final Node node;
  private final Clock clock;
  private final Function<GrpcCall, Address> address;
  private final Set<String> paths;

  /// Where clients reach this node.
  ///
  /// @param host a name or address
  /// @param port the port; 0 while it is not known yet
  public record Address(String host, int port) {}

  /// The services of a node.
  ///
  /// @param node the node
  /// @param clock the time in gossip
  /// @param address where the caller, and others near it, reach the node
  /// @param paths of the other methods that the server answers
  public NodeServices(
      Node node, Clock clock, Function<GrpcCall, Address> address, Set<String> paths) {
    this.node = node;
    this.clock = clock;
    this.address = address;
    this.paths = Set.copyOf(paths);
  }

  /// What answers each method.
  ///
  /// @return by the path of the method
  public Map<String, GrpcHandler> handlers() {
    return Map.of(
        "/event_store.client.server_features.ServerFeatures/GetSupportedMethods",
        call -> answer(call, () -> methods().toByteArray()),
        "/event_store.client.gossip.Gossip/Read",
        call -> {
          var reached = address.apply(call);
          if (reached.port() == 0) {
            call.fail(GrpcStatus.UNAVAILABLE, "Server Is Not Ready");
          }
          return answer(call, () -> gossip(reached).toByteArray());
        });
  }

  private static GrpcListener answer(GrpcCall call, Supplier<byte[]> answer) {
    return new GrpcListener() {
      @Override
      public void message(byte[] bytes, int offset, int length) {
        // Empty, whatever is in it.
      }

      @Override
      public void halfClosed() {
        var bytes = answer.get();
        call.sendLast(bytes, 0, bytes.length);
      }
    };
  }

  private SupportedMethods methods() {
    var methods = SupportedMethods.newBuilder().setEventStoreServerVersion(WIRE_VERSION);
    paths.stream()
        .map(path -> path.toLowerCase(Locale.ROOT))
        .sorted()
        .forEach(path -> methods.addMethods(method(path)));
    return methods.build();
  }

  private static SupportedMethod method(String path) {
    var slash = path.lastIndexOf('/');
    return SupportedMethod.newBuilder()
        .setServiceName(path.substring(1, slash))
        .setMethodName(path.substring(slash + 1))
        .addAllFeatures(
            path.startsWith(OF_GROUPS)
                ? FEATURES_OF_GROUPS
                : FEATURES.getOrDefault(path, List.of()))
        .build();
  }

  private ClusterInfo gossip(Address reached) {
    var now = clock.instant();
    var id = node.storeId();
    return ClusterInfo.newBuilder()
        .addMembers(
            MemberInfo.newBuilder()
                .setInstanceId(
                    UUID.newBuilder()
                        .setStructured(
                            UUID.Structured.newBuilder()
                                .setMostSignificantBits(id.getMostSignificantBits())
                                .setLeastSignificantBits(id.getLeastSignificantBits())))
                .setTimeStamp(Ticks.of(now))
                .setState(
                    node.isClosing()
                        ? MemberInfo.VNodeState.ShuttingDown
                        : MemberInfo.VNodeState.Leader)
                .setIsAlive(true)
                .setHttpEndPoint(
                    EndPoint.newBuilder().setAddress(reached.host()).setPort(reached.port())))
        .build();
  }
}
