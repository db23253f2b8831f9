// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli;

import io.leftfold.api.ExpectedState;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.StreamName;
import io.leftfold.client.RemoteEventStore;
import io.leftfold.engine.Durability;
import io.leftfold.engine.EngineOptions;
import io.leftfold.engine.LocalEventStore;
import io.leftfold.server.LeftfoldServer;
import io.leftfold.server.ServerOptions;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Does once, in a moment, what servers and commands do: the virtual machine keeps what it learns
/// in the start-up cache that the launcher asks it for.
@Command(
    name = "train",
    hidden = true,
    header = "Exercise a store, a server and a client, and end.")
final class TrainCommand implements Callable<Integer> {

  private static final int EVENTS = 2000;
  private static final int ANSWER_MILLIS_MAX = 10_000;
  private static final StreamName STREAM = StreamName.of("training-1");

  @Option(
      names = "--in",
      paramLabel = "<dir>",
      description = "directory to work in (default: a temporary one, which is deleted)")
  private @Nullable Path given;

  @Option(
      names = "--prepare",
      description = {
        "Only make the certificates of a server. The classes that do are of signed jars: the start-up",
        "cache does not take them, and each start would check the jars for what refers to them."
      })
  private boolean prepare;

  private final Shell shell;

  TrainCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() throws IOException {
    if (given != null) {
      train(given);
      return ExitCode.OK;
    }
    var directory = Files.createTempDirectory("leftfold-train");
    try {
      train(directory);
    } finally {
      delete(directory);
    }
    return ExitCode.OK;
  }

  private void train(Path directory) throws IOException {
    if (prepare) {
      serveForAMoment(directory, false);
    } else {
      serveForAMoment(directory, true);
      serveForAMoment(directory, false);
      callAndAsk(directory.resolve("asked"));
    }
  }

  private void callAndAsk(Path directory) throws IOException {
    try (var store =
            LocalEventStore.open(
                directory, EngineOptions.defaults().withDurability(Durability.OS));
        var server =
            LeftfoldServer.start(store, ServerOptions.insecure().withAddress("127.0.0.1", 0));
        var client =
            RemoteEventStore.connect(
                "leftfold://127.0.0.1:%d?tls=false".formatted(server.port()))) {
      for (var i = 0; i < EVENTS; i++) {
        client.append(STREAM, ExpectedState.any(), ProposedEvent.json("Trained", "{}"));
      }
      askOverHttp(server.port(), "/ping");
      askOverHttp(server.port(), "/health/live");
      var read = client.read(STREAM, ReadOptions.forwards()).events().size();
      shell.out().println("Trained with %d events.".formatted(read));
    }
  }

  /// The way of the command that is started most, with the greeting that it prints: it ends at
  /// once, for it is told to before it begins.
  private void serveForAMoment(Path directory, boolean insecure) {
    var stop = new Stop();
    stop.request();
    var silent = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
    var within =
        new Shell(
            shell.in(),
            silent,
            shell.err(),
            false,
            directory,
            Map.of(),
            shell.clock(),
            shell.random(),
            stop);
    var code = Main.run(within, "serve", "--insecure=" + insecure, "--port", "0", "--data", "data");
    if (code != ExitCode.OK) {
      throw new CommandFailedException(code, "The server did not start, see above");
    }
  }

  /// By hand, so that the classes of a client of HTTP do not swell the cache: no command needs one.
  private static void askOverHttp(int port, String page) throws IOException {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(ANSWER_MILLIS_MAX);
      var request =
          "GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".formatted(page);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      var answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!answer.startsWith("HTTP/1.1 20")) {
        throw new IOException("%s was answered by: %s".formatted(page, answer));
      }
    }
  }

  private static void delete(Path directory) throws IOException {
    try (var files = Files.walk(directory)) {
      for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
