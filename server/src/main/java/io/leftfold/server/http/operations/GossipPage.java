// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.http.operations;

import io.leftfold.server.http.atom.feed.Json;
import io.leftfold.server.http.exchange.Answer;
import io.leftfold.server.http.exchange.Caching;
import io.leftfold.server.http.exchange.Request;
import io.leftfold.server.http.exchange.Resource;
import io.leftfold.server.node.Node;
import java.net.URI;
import java.time.Clock;
import java.util.UUID;
import java.util.function.Function;
import tools.jackson.core.JsonGenerator;

/// `/gossip` of a single node, which always leads. For everybody, as over gRPC.
public final class GossipPage {

  private static final UUID NONE = new UUID(0, 0);

  private final Node node;
  private final Clock clock;
  private final String version;
  private final Function<URI, Address> reached;

  /// Where clients reach this node.
  ///
  /// @param host a name or address
  /// @param port the port
  /// @param tcpPort the port of the old TCP protocol; 0 if it is not spoken
  /// @param isSecure whether that is spoken over TLS
  public record Address(String host, int port, int tcpPort, boolean isSecure) {

    private int plainPort() {
      return isSecure ? 0 : tcpPort;
    }

    private int securePort() {
      return isSecure ? tcpPort : 0;
    }
  }

  /// The page.
  ///
  /// @param node the node
  /// @param clock the time in gossip
  /// @param version of KurrentDB that the node is like
  /// @param reached where others reach the node, for whoever reached it by a URL
  public GossipPage(Node node, Clock clock, String version, Function<URI, Address> reached) {
    this.node = node;
    this.clock = clock;
    this.version = version;
    this.reached = reached;
  }

  /// What can be asked.
  ///
  /// @return the resource
  public Resource resource() {
    return Resource.get((request, _) -> answer(request));
  }

  private Answer answer(Request request) {
    var address = reached.apply(URI.create(request.base()));
    return Caching.never()
        .of(
            Json.answer(json -> {
              json.writeStartObject();
              json.writeName("members");
              json.writeStartArray();
              member(json, address);
              json.writeEndArray();
              json.writeStringProperty("serverIp", address.host);
              json.writeNumberProperty("serverPort", address.port);
              json.writeEndObject();
            }));
  }

  /// Checkpoints are told to nobody who did not log in, so they are what a client makes nothing of.
  private void member(JsonGenerator json, Address address) {
    json.writeStartObject();
    json.writeStringProperty("instanceId", node.storeId().toString());
    json.writeStringProperty("timeStamp", clock.instant().toString());
    json.writeStringProperty("state", node.isClosing() ? "ShuttingDown" : "Leader");
    json.writeBooleanProperty("isAlive", true);
    json.writeStringProperty("internalTcpIp", address.host);
    json.writeNumberProperty("internalTcpPort", address.plainPort());
    json.writeNumberProperty("internalSecureTcpPort", address.securePort());
    json.writeStringProperty("externalTcpIp", address.host);
    json.writeNumberProperty("externalTcpPort", address.plainPort());
    json.writeNumberProperty("externalSecureTcpPort", address.securePort());
    json.writeStringProperty("internalHttpEndPointIp", address.host);
    json.writeNumberProperty("internalHttpEndPointPort", address.port);
    json.writeStringProperty("httpEndPointIp", address.host);
    json.writeNumberProperty("httpEndPointPort", address.port);
    json.writeNumberProperty("lastCommitPosition", -1);
    json.writeNumberProperty("writerCheckpoint", 0);
    json.writeNumberProperty("chaserCheckpoint", 0);
    json.writeNumberProperty("epochPosition", 0);
    json.writeNumberProperty("epochNumber", 0);
    json.writeStringProperty("epochId", NONE.toString());
    json.writeNumberProperty("nodePriority", 0);
    json.writeBooleanProperty("isReadOnlyReplica", false);
    json.writeStringProperty("esVersion", version);
    json.writeEndObject();
  }
}
