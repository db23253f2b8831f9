// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks.grpc;

import io.leftfold.benchmarks.embedded.Population;
import io.leftfold.engine.LocalEventStore;
import io.leftfold.server.LeftfoldServer;
import io.leftfold.server.ServerOptions;
import io.leftfold.server.TcpOptions;
import io.leftfold.server.edge.Edge;
import io.leftfold.server.edge.EdgeOptions;
import io.leftfold.server.edge.GrpcCall;
import io.leftfold.server.edge.GrpcHandler;
import io.leftfold.server.edge.GrpcListener;
import io.leftfold.server.edge.KeepAlive;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/// What runs in the process of a server: prints its port, and ends when its standard input does.
public final class ServerMain {

  /// A load generator takes nothing while others have their turns, and is no dead peer.
  private static final Duration TURNS_OF_OTHERS = Duration.ofHours(1);

  private ServerMain() {}

  /// Serves.
  ///
  /// @param arguments `store <directory> <streams> <door>`: a store, with so many streams of ten
  ///   events, guarded so; `echo <directory>`: the transport, answering the messages in the files
  ///   of a directory
  /// @throws IOException if the server could not start
  public static void main(String[] arguments) throws IOException {
    switch (arguments[0]) {
      case "store" ->
          serveStore(
              Path.of(arguments[1]), Integer.parseInt(arguments[2]), Door.valueOf(arguments[3]));
      case "echo" -> serveEcho(Path.of(arguments[1]));
      default -> throw new IllegalArgumentException("store or echo, got " + arguments[0]);
    }
  }

  private static void serveStore(Path directory, int streams, Door door) throws IOException {
    try (var store = LocalEventStore.open(directory)) {
      new Population(streams).appendTo(store);
      try (var server =
          LeftfoldServer.start(
              store,
              ServerOptions.insecure()
                  .withSecurity(door.security(directory))
                  .withKeepAlive(TURNS_OF_OTHERS, TURNS_OF_OTHERS)
                  .withAddress("127.0.0.1", 0)
                  .withTcp(
                      TcpOptions.defaults()
                          .withPort(0)
                          .withHeartbeats(TURNS_OF_OTHERS, TURNS_OF_OTHERS)))) {
        System.out.println(ServerProcess.TCP_PORT + server.tcpPort());
        serve(server.port());
      }
    }
  }

  private static void serveEcho(Path directory) throws IOException {
    var append = read(directory.resolve(ServerProcess.APPEND_ANSWER));
    var read = read(directory.resolve(ServerProcess.READ_ANSWER));
    var other = new OtherThread();
    Map<String, GrpcHandler> calls =
        Map.of(
            Requests.APPEND,
            call -> new Echo(call, append),
            Requests.APPEND_ELSEWHERE,
            call -> new Elsewhere(call, other, append.getFirst()),
            Requests.READ,
            call -> new Echo(call, read));
    var edge =
        Edge.start(
            EdgeOptions.defaults()
                .withAddress("127.0.0.1", 0)
                .withPatience(TURNS_OF_OTHERS, new KeepAlive(TURNS_OF_OTHERS, TURNS_OF_OTHERS)),
            calls,
            _ -> {});
    serve(edge.port());
    edge.close(Duration.ZERO);
  }

  private static List<byte[]> read(Path file) throws IOException {
    return GrpcMessages.split(Files.readAllBytes(file));
  }

  private static void serve(int port) throws IOException {
    System.out.println(ServerProcess.PORT + port);
    // A line asks how much heap is in use after a collection; the end of the input ends the server.
    var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    while (in.readLine() != null) {
      System.gc();
      var runtime = Runtime.getRuntime();
      System.out.println(ServerProcess.HEAP + (runtime.totalMemory() - runtime.freeMemory()));
    }
  }

  /// Answers always the same.
  private record Echo(GrpcCall call, List<byte[]> messages) implements GrpcListener {

    @Override
    public void message(byte[] bytes, int offset, int length) {}

    @Override
    public void halfClosed() {
      for (var message : messages.subList(0, messages.size() - 1)) {
        call.send(message, 0, message.length);
      }
      var last = messages.getLast();
      call.sendLast(last, 0, last.length);
    }
  }

  /// Has the answer given by another thread.
  private record Elsewhere(GrpcCall call, OtherThread other, byte[] answer)
      implements GrpcListener {

    @Override
    public void message(byte[] bytes, int offset, int length) {}

    @Override
    public void halfClosed() {
      other.answer(call, answer);
    }
  }
}
