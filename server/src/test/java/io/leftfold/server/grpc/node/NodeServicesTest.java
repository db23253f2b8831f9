// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.grpc.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.engine.LocalEventStore;
import io.leftfold.protocol.messages.gossip.ClusterInfo;
import io.leftfold.protocol.messages.gossip.MemberInfo;
import io.leftfold.server.edge.GrpcStatus;
import io.leftfold.server.grpc.streams.LoopedCall;
import io.leftfold.server.node.Node;
import java.time.Clock;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class NodeServicesTest {

  private static final String GOSSIP = "/event_store.client.gossip.Gossip/Read";

  private final LocalEventStore store = LocalEventStore.inMemory();
  private final Node node = new Node(store);
  private int port;
  private final NodeServices services =
      new NodeServices(
          node, Clock.systemUTC(), _ -> new NodeServices.Address("localhost", port), Set.of());

  @AfterEach
  void closeStore() {
    store.close();
  }

  private LoopedCall gossip() {
    var call = new LoopedCall();
    Objects.requireNonNull(services.handlers().get(GOSSIP)).open(call).halfClosed();
    return call;
  }

  @Test
  void a_port_that_is_not_known_yet_is_told_to_nobody() throws Exception {
    assertThat(gossip().end()).isEqualTo(GrpcStatus.UNAVAILABLE);

    port = 4711;
    var call = gossip();
    assertThat(call.end()).isEqualTo(GrpcStatus.OK);
    var member = ClusterInfo.parseFrom(call.sent().getFirst()).getMembers(0);
    assertThat(member.getHttpEndPoint().getPort()).isEqualTo(4711);
  }

  @Test
  void in_gossip_a_node_leads_until_it_is_being_stopped() throws Exception {
    port = 4711;
    assertThat(state()).isEqualTo(MemberInfo.VNodeState.Leader);

    node.closing();

    assertThat(state()).isEqualTo(MemberInfo.VNodeState.ShuttingDown);
  }

  private MemberInfo.VNodeState state() throws Exception {
    return ClusterInfo.parseFrom(gossip().sent().getFirst()).getMembers(0).getState();
  }
}
