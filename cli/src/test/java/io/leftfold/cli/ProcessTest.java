// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.api.EventStore;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.cli.git.SyntheticRepository;
import io.leftfold.engine.LocalEventStore;
import io.leftfold.server.LeftfoldServer;
import io.leftfold.server.ServerOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// The command as a process of its own, stopped and killed from outside.
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "Windows has no signals to stop a process with")
@Timeout(180)
class ProcessTest {

  private static final int COMMITS = 300;

  @TempDir private Path directory;
  private final List<Process> processes = new ArrayList<>();

  @AfterEach
  void endProcesses() {
    processes.forEach(Process::destroyForcibly);
  }

  @Test
  void an_import_stopped_by_a_signal_ends_between_two_commits_and_goes_on() throws Exception {
    makeRepository();
    var first = start("first", "import", "git", "many.git", "--data", "d");
    await("CommitImported", 25);
    first.destroy();
    assertThat(first.waitFor(60, TimeUnit.SECONDS)).isTrue();

    assertThat(first.exitValue()).isEqualTo(143);
    assertThat(output("first")).contains("Stopped between two commits. Run the same command again");
    var second = start("second", "import", "git", "many.git", "--data", "d");
    assertThat(second.waitFor()).isZero();
    assertThat(output("second")).contains("now has 300 of the 300 commits");
    assertThatEveryCommitIsThereOnce();
  }

  @Test
  void an_import_killed_again_and_again_ends_as_if_never_killed() throws Exception {
    makeRepository();
    for (var kill = 1; kill <= 3; kill++) {
      var killed = start("killed", "import", "git", "many.git", "--data", "d");
      await("CommitImported", kill * 60L);
      killed.destroyForcibly().waitFor();
    }
    assertThat(start("last", "import", "git", "many.git", "--data", "d").waitFor()).isZero();
    assertThatEveryCommitIsThereOnce();
  }

  @Test
  void a_copy_of_a_server_killed_again_and_again_ends_as_if_never_killed() throws Exception {
    try (var source = LocalEventStore.inMemory();
        var server =
            LeftfoldServer.start(source, ServerOptions.insecure().withAddress("127.0.0.1", 0))) {
      fill(source);
      var from = "kurrentdb://127.0.0.1:%d?tls=false".formatted(server.port());
      for (var kill = 1; kill <= 2; kill++) {
        var killed = start("killed", "import", from, "--data", "d", "--no-verify");
        await("Deposited", kill * 15_000L);
        killed.destroyForcibly().waitFor();
      }

      assertThat(start("last", "import", from, "--data", "d").waitFor()).isZero();

      assertThat(output("last")).contains("all the same");
      assertThat(ids("d"))
          .isEqualTo(
              source.readAll(ReadOptions.forwards()).events().stream()
                  .filter(event -> !event.stream().isSystem())
                  .map(RecordedEvent::id)
                  .toList());
    }
  }

  private static void fill(EventStore store) {
    for (var account = 0; account < 50; account++) {
      var events = new ProposedEvent[1000];
      Arrays.setAll(events, i -> ProposedEvent.json("Deposited", "{\"cents\":%d}".formatted(i)));
      store.append(StreamName.of("account-" + account), ExpectedState.noStream(), events);
    }
  }

  /// A caller that never takes its answer would hold the server up for its patience.
  @Test
  void a_second_interrupt_ends_a_server_at_once() throws Exception {
    var server =
        start("serve", "serve", "--memory", "--insecure", "--port", "0", "--patience", "3600");
    var port =
        Integer.parseInt(
            awaitOutput("serve", "tls=false").replaceAll("(?s).*127.0.0.1:([0-9]+)\\?.*", "$1"));
    try (var caller = new Socket(InetAddress.getLoopbackAddress(), port)) {
      caller.getOutputStream().write(RawCall.of("/event_store.client.gossip.Gossip/Read", 0));
      assertThat(caller.getInputStream().read()).isNotNegative();
      interrupt(server);
      awaitOutput("serve", "Waiting for 1 connection");
      assertThat(server.isAlive()).isTrue();

      interrupt(server);

      assertThat(server.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(server.exitValue()).isEqualTo(130);
    }
  }

  @Test
  void an_interrupt_ends_a_server_cleanly() throws Exception {
    var server = start("serve", "serve", "--memory", "--port", "0");
    awaitOutput("serve", "Ctrl-C stops the server");

    interrupt(server);

    assertThat(server.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(server.exitValue()).isEqualTo(130);
    assertThat(output("serve")).contains("Stopping", "Stopped.");
    assertThat(certificates()).isEmpty();
  }

  /// What a server in memory wrote for its clients.
  private List<Path> certificates() throws IOException {
    try (var files = Files.list(directory)) {
      return files.filter(file -> file.toString().endsWith(".crt")).toList();
    }
  }

  private static void interrupt(Process process) throws IOException, InterruptedException {
    var kill = new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start();
    assertThat(kill.waitFor()).isZero();
  }

  private String awaitOutput(String name, String text) throws IOException, InterruptedException {
    var process = processes.getLast();
    while (!output(name).contains(text)) {
      assertThat(process.waitFor(40, TimeUnit.MILLISECONDS)).as(output(name)).isFalse();
    }
    return output(name);
  }

  private void makeRepository() {
    try (var repository = SyntheticRepository.in(directory.resolve("many.git"))) {
      for (var i = 0; i < COMMITS; i++) {
        repository.write("file" + i % 7, "content " + i + "\n").commit("Commit " + i);
      }
    }
  }

  private void assertThatEveryCommitIsThereOnce() {
    var shell = new TestShell(directory);
    assertThat(shell.run("import", "git", "many.git", "--data", "whole").code()).isZero();
    assertThat(ids("d")).isEqualTo(ids("whole")).hasSize(1 + 2 * COMMITS);
  }

  private List<UUID> ids(String data) {
    try (var store = LocalEventStore.open(directory.resolve(data))) {
      return store.readAll(ReadOptions.forwards()).events().stream()
          .filter(event -> !event.stream().isSystem())
          .map(RecordedEvent::id)
          .toList();
    }
  }

  /// Waits until the other process has written so many events of a type.
  private void await(String type, long events) throws IOException, InterruptedException {
    var process = processes.getLast();
    while (process.isAlive() && inLog(type) < events) {
      assertThat(process.waitFor(40, TimeUnit.MILLISECONDS)).as("ended too early").isFalse();
    }
  }

  /// Looks for the type in the bytes, for the store is in use.
  private long inLog(String type) throws IOException {
    var log = directory.resolve("d/log/chunk-000000.log");
    if (!Files.exists(log)) {
      return 0;
    }
    var text = Files.readString(log, StandardCharsets.ISO_8859_1);
    return Pattern.compile(type).matcher(text).results().count();
  }

  private Process start(String name, String... arguments) throws IOException {
    var command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-XX:TieredStopAtLevel=1",
                // What is killed cannot clear away its files; whoever killed it does.
                "-Djava.io.tmpdir=" + directory,
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
    command.addAll(List.of(arguments));
    var process =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve(name + ".txt").toFile())
            .start();
    processes.add(process);
    return process;
  }

  private String output(String name) throws IOException {
    return Files.readString(directory.resolve(name + ".txt"));
  }
}
