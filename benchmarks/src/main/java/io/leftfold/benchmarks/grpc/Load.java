// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks.grpc;

import io.leftfold.benchmarks.measure.Cpu;
import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;

/// Calls from a number of connections, each with one in flight, made by the thread that asks for
/// it.
final class Load implements Calling, AutoCloseable {

  private static final long LATENCY_NANOS_MAX = 60_000_000_000L;

  private final ServerProcess server;
  private final List<Connection> connections = new ArrayList<>();
  private final Selector selector = Selector.open();
  private final Histogram latency = new Histogram(LATENCY_NANOS_MAX, 2);
  private int waiting;
  private long end;
  private long calls;
  private long clientNanos;
  private long serverNanos;

  /// Connects.
  ///
  /// @param server to which
  /// @param count how many connections
  /// @param path of the method, one of those of [Requests]
  /// @param conditional whether appends expect a revision
  /// @param streams how many streams there are to be read
  Load(ServerProcess server, int count, String path, boolean conditional, int streams)
      throws IOException {
    this(server, 0, count, path, conditional, streams);
  }

  /// Connects, with other numbers.
  ///
  /// @param first the number of the first connection: what one number has appended is not appended
  ///   again
  Load(ServerProcess server, int first, int count, String path, boolean conditional, int streams)
      throws IOException {
    this.server = server;
    for (var i = first; i < first + count; i++) {
      var connection =
          new Connection(
              server.port(), server.door(), new Requests(i, conditional, streams), path, false);
      connections.add(connection);
      connection.channel().register(selector, SelectionKey.OP_READ, connection);
    }
  }

  /// Makes one call, on a connection of its own, and gives the messages of its answer.
  static byte[] one(ServerProcess server, String path, int streams) throws IOException {
    try (var connection =
        new Connection(
            server.port(), server.door(), new Requests(0xffff, false, streams), path, true)) {
      answer(connection);
      return connection.answers();
    }
  }

  /// Makes one call, and waits for its answer.
  static void answer(Connection connection) throws IOException {
    try (var selector = Selector.open()) {
      connection.channel().register(selector, SelectionKey.OP_READ);
      connection.begin(System.nanoTime());
      do {
        selector.select(_ -> {});
      } while (!connection.read());
    }
  }

  /// Calls per second.
  @Override
  public double work(Duration time) throws IOException {
    var server0 = server.processorTime();
    var client0 = Cpu.threadNanos();
    var begin = System.nanoTime();
    end = begin + time.toNanos();
    var before = calls;
    for (var connection : connections) {
      connection.begin(System.nanoTime());
    }
    waiting = connections.size();
    while (waiting > 0) {
      select();
    }
    var elapsed = System.nanoTime() - begin;
    clientNanos += Cpu.threadNanos() - client0;
    serverNanos += server.processorTime().minus(server0).toNanos();
    return (calls - before) * 1e9 / elapsed;
  }

  private void select() throws IOException {
    try {
      selector.select(this::ready);
    } catch (java.io.UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private void ready(SelectionKey key) {
    var connection = (Connection) key.attachment();
    try {
      if (connection.read()) {
        var now = System.nanoTime();
        latency.recordValue(now - connection.began());
        calls++;
        if (now < end) {
          connection.begin(now);
        } else {
          waiting--;
        }
      }
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Override
  public long calls() {
    return calls;
  }

  @Override
  public void forget() {
    calls = 0;
    clientNanos = 0;
    serverNanos = 0;
    latency.reset();
  }

  double serverMicrosPerCall() {
    return serverNanos / 1e3 / calls;
  }

  double clientMicrosPerCall() {
    return clientNanos / 1e3 / calls;
  }

  double latencyMicros(double percentile) {
    return latency.getValueAtPercentile(percentile) / 1e3;
  }

  @Override
  public void close() throws IOException {
    selector.close();
    for (var connection : connections) {
      connection.close();
    }
  }
}
