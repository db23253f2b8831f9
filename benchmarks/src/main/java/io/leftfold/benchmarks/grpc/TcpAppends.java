// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks.grpc;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.google.protobuf.ByteString;
import io.leftfold.benchmarks.measure.Asked;
import io.leftfold.benchmarks.measure.Benchmark;
import io.leftfold.benchmarks.measure.Rounds;
import io.leftfold.benchmarks.measure.Row;
import io.leftfold.benchmarks.measure.Settings;
import io.leftfold.protocol.messages.tcp.NewEvent;
import io.leftfold.protocol.messages.tcp.WriteEvents;
import io.leftfold.protocol.messages.tcp.WriteEventsCompleted;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/// Durable appends over the old TCP protocol, many in flight on one connection, beside as many over
/// gRPC, where each has a connection of its own.
public final class TcpAppends implements Benchmark {

  private static final int ANY = -2;
  private static final int DATA_BYTES = 256;
  private static final int ID_BYTES = 16;

  private final int inFlight;

  /// With so many at once.
  ///
  /// @param inFlight how many, at most 1,024
  public TcpAppends(int inFlight) {
    this.inFlight = inFlight;
  }

  @Override
  public String name() {
    return "tcp-append-" + inFlight;
  }

  @Override
  public String question() {
    return inFlight == 1
        ? "How many durable appends does the server answer over TCP, one after the other?"
        : "How many durable appends does the server answer over TCP, with %,d in flight on one connection?"
            .formatted(inFlight);
  }

  @Override
  public String sketch() {
    return "no headers and no windows, so less than gRPC takes; 3 µs for the append, and a sync that all in flight share";
  }

  @Override
  public void run(Settings settings, Consumer<Row> rows) throws Exception {
    try (var server = ServerProcess.store(settings.directory().resolve("store"), 1);
        var tcp = new Appending(server, inFlight);
        var grpc = new Load(server, inFlight, Requests.APPEND, false, 1)) {
      WarmUp.of(settings, List.of(tcp, grpc));
      var rounds = new Rounds(settings).with("leftfold", tcp).with("limit", grpc).run();
      rows.accept(
          Row.of(
                  name(),
                  "calls/s",
                  rounds,
                  "the same over gRPC, each in flight on a connection of its own",
                  new Asked.Nothing())
              .withRemark(
                  "server %.1f µs of processor a call over TCP, %.1f over gRPC"
                      .formatted(tcp.serverMicrosPerCall(), grpc.serverMicrosPerCall())));
    }
  }

  /// Whenever one is answered, the next is sent.
  private static final class Appending implements Calling, AutoCloseable {
    private final ServerProcess server;
    private final TcpClient client;
    private final byte[][] requests;
    private final int[] idsAt;
    private final SplittableRandom ids = new SplittableRandom(1);
    private long calls;
    private long serverNanos;

    Appending(ServerProcess server, int inFlight) throws IOException {
      this.server = server;
      this.client = new TcpClient(server.tcpPort());
      this.requests = new byte[inFlight][];
      this.idsAt = new int[inFlight];
      var data = new byte[DATA_BYTES];
      new SplittableRandom(1).nextBytes(data);
      for (var i = 0; i < inFlight; i++) {
        var stream = ByteString.copyFromUtf8("over-tcp-%06d".formatted(i));
        requests[i] =
            WriteEvents.newBuilder()
                .setEventStreamId(stream)
                .setExpectedVersion(ANY)
                .addEvents(
                    NewEvent.newBuilder()
                        .setEventId(ByteString.copyFrom(new byte[ID_BYTES]))
                        .setEventType("MoneyDeposited")
                        .setDataContentType(0)
                        .setMetadataContentType(0)
                        .setData(ByteString.copyFrom(data)))
                .build()
                .toByteArray();
        idsAt[i] = new String(requests[i], ISO_8859_1).indexOf("\0".repeat(ID_BYTES));
      }
    }

    private void append(int number) throws IOException {
      ByteBuffer.wrap(requests[number])
          .putLong(idsAt[number], ids.nextLong())
          .putLong(idsAt[number] + Long.BYTES, ids.nextLong());
      client.put(TcpClient.WRITE_EVENTS, number, requests[number]);
    }

    /// Calls per second.
    @Override
    public double work(Duration time) throws IOException {
      var server0 = server.processorTime();
      var begin = System.nanoTime();
      for (var i = 0; i < requests.length; i++) {
        append(i);
      }
      var waiting = requests.length;
      var answered = 0L;
      while (waiting > 0) {
        client.flushWhenIdle();
        var answer = client.next();
        // The result is the first field, and success is zero.
        if (answer.command() != TcpClient.WRITE_EVENTS + 1
            || answer.message()[0] != 8
            || answer.message()[1] != 0) {
          throw new IOException(
              "An append was answered 0x%02X, %s"
                  .formatted(answer.command(), WriteEventsCompleted.parseFrom(answer.message())));
        }
        answered++;
        if (System.nanoTime() - begin < time.toNanos()) {
          append(answer.number());
        } else {
          waiting--;
        }
      }
      calls += answered;
      serverNanos += server.processorTime().minus(server0).toNanos();
      return answered * 1e9 / (System.nanoTime() - begin);
    }

    @Override
    public long calls() {
      return calls;
    }

    @Override
    public void forget() {
      calls = 0;
      serverNanos = 0;
    }

    double serverMicrosPerCall() {
      return serverNanos / 1e3 / calls;
    }

    @Override
    public void close() throws IOException {
      client.close();
    }
  }
}
