// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.node;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/// The connections of the old TCP protocol, each of which clients may have for as long as they run;
/// calls and pages come over others, which are not listed. Used by any thread.
public final class Connections {

  private final Set<Open> open = ConcurrentHashMap.newKeySet();
  private final LongAdder closedReceived = new LongAdder();
  private final LongAdder closedSent = new LongAdder();

  /// None yet.
  Connections() {}

  /// One is opened.
  ///
  /// @param id names it in this run
  /// @param peer address and port at the other end; empty if they are not known
  /// @return counts what it carries, until it is closed
  public Open open(UUID id, String peer) {
    var connection = new Open(id, peer);
    open.add(connection);
    return connection;
  }

  /// Those that are open.
  ///
  /// @return in the order of their peers
  List<Open> all() {
    return open.stream().sorted(Comparator.comparing(Open::peer)).toList();
  }

  /// Adds what all carry and have carried, by the names that KurrentDB has for it.
  void addTo(Map<String, String> figures) {
    var connections = List.copyOf(open);
    figures.put("proc-tcp-connections", Integer.toString(connections.size()));
    figures.put(
        "proc-tcp-receivedBytesTotal",
        Long.toString(
            closedReceived.sum() + connections.stream().mapToLong(Open::receivedBytes).sum()));
    figures.put(
        "proc-tcp-sentBytesTotal",
        Long.toString(closedSent.sum() + connections.stream().mapToLong(Open::sentBytes).sum()));
  }

  /// One connection.
  public final class Open {

    private final UUID id;
    private final String peer;
    private final LongAdder received = new LongAdder();
    private final LongAdder sent = new LongAdder();
    private volatile String name = "";

    private Open(UUID id, String peer) {
      this.id = id;
      this.peer = peer;
    }

    /// The peer has said what it calls itself.
    ///
    /// @param said in its words
    public void named(String said) {
      name = said;
    }

    /// Something has come.
    ///
    /// @param bytes how much
    public void received(long bytes) {
      received.add(bytes);
    }

    /// Something was sent, and may still be on its way.
    ///
    /// @param bytes how much
    public void sent(long bytes) {
      sent.add(bytes);
    }

    /// It is open no more.
    public void closed() {
      if (open.remove(this)) {
        closedReceived.add(received.sum());
        closedSent.add(sent.sum());
      }
    }

    /// Its name in this run.
    ///
    /// @return no other has it
    public UUID id() {
      return id;
    }

    /// Where it comes from.
    ///
    /// @return address and port; empty if they are not known
    public String peer() {
      return peer;
    }

    /// What the peer calls itself.
    ///
    /// @return empty if it has not said
    public String name() {
      return name;
    }

    /// How much has come.
    ///
    /// @return bytes of whole frames, without those of TLS
    public long receivedBytes() {
      return received.sum();
    }

    /// How much was sent.
    ///
    /// @return bytes of frames, without those of TLS, taken by the peer or not
    public long sentBytes() {
      return sent.sum();
    }
  }
}
