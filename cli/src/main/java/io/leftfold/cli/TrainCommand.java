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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/// Does once, in a moment, what servers and commands do: the virtual machine keeps what it learns
/// in the start-up cache that the launcher asks it for.
@Command(
    name = "train",
    hidden = true,
    header = "Exercise a store, a server and a client, and end.")
final class TrainCommand implements Callable<Integer> {

  private static final int EVENTS = 2000;
  private static final StreamName STREAM = StreamName.of("training-1");

  private final Shell shell;

  TrainCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() throws IOException {
    var directory = Files.createTempDirectory("leftfold-train");
    try (var store =
            LocalEventStore.open(
                directory, EngineOptions.defaults().withDurability(Durability.OS));
        var server =
            LeftfoldServer.start(store, ServerOptions.defaults().withAddress("127.0.0.1", 0));
        var client =
            RemoteEventStore.connect(
                "leftfold://127.0.0.1:%d?tls=false".formatted(server.port()))) {
      for (var i = 0; i < EVENTS; i++) {
        client.append(STREAM, ExpectedState.any(), ProposedEvent.json("Trained", "{}"));
      }
      var read = client.read(STREAM, ReadOptions.forwards()).events().size();
      shell.out().println("Trained with %d events.".formatted(read));
    } finally {
      delete(directory);
    }
    return ExitCode.OK;
  }

  private static void delete(Path directory) throws IOException {
    try (var files = Files.walk(directory)) {
      for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
