// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks.grpc;

import com.google.protobuf.ByteString;
import io.leftfold.benchmarks.measure.Asked;
import io.leftfold.benchmarks.measure.Benchmark;
import io.leftfold.benchmarks.measure.Contestant;
import io.leftfold.benchmarks.measure.Rounds;
import io.leftfold.benchmarks.measure.Row;
import io.leftfold.benchmarks.measure.Settings;
import io.leftfold.protocol.messages.tcp.NewEvent;
import io.leftfold.protocol.messages.tcp.OperationResult;
import io.leftfold.protocol.messages.tcp.ReadAllEvents;
import io.leftfold.protocol.messages.tcp.ReadAllEventsCompleted;
import io.leftfold.protocol.messages.tcp.ReadStreamEvents;
import io.leftfold.protocol.messages.tcp.ReadStreamEventsCompleted;
import io.leftfold.protocol.messages.tcp.WriteEvents;
import io.leftfold.protocol.messages.tcp.WriteEventsCompleted;
import java.io.IOException;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/// Pages over the old TCP protocol, one after the other, beside reads of the same events over gRPC.
/// Both are decoded.
public final class TcpPages implements Benchmark {

  private static final String STREAM = "pages-1";
  private static final int ANY = -2;
  private static final int PAGE = 500;
  private static final int PAGES = 200;
  private static final Paging PAGING = new Paging(PAGES, PAGE);
  private static final int DATA_BYTES = 256;
  private static final int ID_BYTES = 16;

  private final Of of;

  /// Of what pages are.
  public enum Of {
    /// Of one stream.
    STREAM,
    /// Of all streams.
    ALL
  }

  /// Of something.
  ///
  /// @param of what is read
  public TcpPages(Of of) {
    this.of = of;
  }

  @Override
  public String name() {
    return switch (of) {
      case STREAM -> "tcp-pages-stream";
      case ALL -> "tcp-pages-all";
    };
  }

  @Override
  public String question() {
    return "How many events a second do pages of %s have over TCP, forwards, of %d events each?"
        .formatted(
            switch (of) {
              case STREAM -> "a stream";
              case ALL -> "all streams";
            },
            PAGE);
  }

  @Override
  public String sketch() {
    return "some 400 bytes an event as over gRPC, in one message a page: a frame in place of %d, but no page begins before the one before was taken"
        .formatted(PAGE);
  }

  @Override
  public void run(Settings settings, Consumer<Row> rows) throws Exception {
    try (var server = ServerProcess.store(settings.directory().resolve("store"), 1);
        var tcp = new TcpClient(server.tcpPort());
        var grpc = new GrpcPages(server.port())) {
      append(tcp);
      Contestant pages = time -> PAGING.rate(time, page -> page(tcp, page * PAGE));
      Contestant reads = time -> PAGING.rate(time, page -> read(grpc, page * PAGE));
      WarmUp.inTurns(settings, List.of(pages, reads));
      var rounds = new Rounds(settings).with("leftfold", pages).with("limit", reads).run();
      rows.accept(
          Row.of(
              name(),
              "events/s",
              rounds,
              "reads of as many events over gRPC, with grpc-java",
              new Asked.Nothing()));
    }
  }

  private int read(GrpcPages grpc, int from) throws IOException {
    return switch (of) {
      case STREAM -> grpc.read(STREAM, from, PAGE);
      case ALL -> grpc.readAll(from, PAGE);
    };
  }

  private int page(TcpClient tcp, int from) throws IOException {
    var count =
        switch (of) {
          case STREAM ->
              ReadStreamEventsCompleted.parseFrom(
                      tcp.ask(
                          TcpClient.READ_STREAM,
                          ReadStreamEvents.newBuilder()
                              .setEventStreamId(ByteString.copyFromUtf8(STREAM))
                              .setFromEventNumber(from)
                              .setMaxCount(PAGE)
                              .build()))
                  .getEventsCount();
          case ALL ->
              ReadAllEventsCompleted.parseFrom(
                      tcp.ask(
                          TcpClient.READ_ALL,
                          ReadAllEvents.newBuilder()
                              .setCommitPosition(from)
                              .setPreparePosition(from)
                              .setMaxCount(PAGE)
                              .build()))
                  .getEventsCount();
        };
    if (count != PAGE) {
      throw new IOException("%d events in place of %d".formatted(count, PAGE));
    }
    return count;
  }

  private static void append(TcpClient tcp) throws IOException {
    var random = new SplittableRandom(1);
    for (var page = 0; page < PAGES; page++) {
      var request =
          WriteEvents.newBuilder()
              .setEventStreamId(ByteString.copyFromUtf8(STREAM))
              .setExpectedVersion(ANY);
      for (var i = 0; i < PAGE; i++) {
        request.addEvents(
            NewEvent.newBuilder()
                .setEventId(bytes(random, ID_BYTES))
                .setEventType("MoneyDeposited")
                .setData(bytes(random, DATA_BYTES)));
      }
      var answer = WriteEventsCompleted.parseFrom(tcp.ask(TcpClient.WRITE_EVENTS, request.build()));
      if (answer.getResult() != OperationResult.Success) {
        throw new IOException("An append was answered " + answer);
      }
    }
  }

  private static ByteString bytes(SplittableRandom random, int count) {
    var bytes = new byte[count];
    random.nextBytes(bytes);
    return ByteString.copyFrom(bytes);
  }
}
