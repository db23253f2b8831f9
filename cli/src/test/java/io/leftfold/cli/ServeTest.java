// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/// The server as the command starts it, and the other commands against it.
@Timeout(120)
class ServeTest {

  private static final Pattern CONNECTION = Pattern.compile("kurrentdb://[^'\"]+");

  @TempDir private Path directory;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<Running> running = new ArrayList<>();

  @AfterEach
  void stopAll() {
    running.forEach(command -> command.stop.request());
    threads.close();
  }

  @Test
  void a_client_that_may_operate_it_ends_it() throws Exception {
    var server = start("serve", "--memory", "--insecure", "--port", "0");
    var connection = connectionTo(server);
    var port = Integer.parseInt(connection.replaceAll(".*:([0-9]+)\\?.*", "$1"));

    try (var caller = new Socket(InetAddress.getLoopbackAddress(), port)) {
      var call = RawCall.of("/event_store.client.operations.Operations/Shutdown", 1000);
      caller.getOutputStream().write(call);
      assertThat(caller.getInputStream().read()).isNotNegative();
    }

    assertThat(server.code.get()).isZero();
    assertThat(server.readUntil("Stopped.")).contains("Stopping …");
  }

  @Test
  void it_says_where_it_listens_that_it_is_insecure_and_how_to_try_it() throws Exception {
    var server = start("serve", "--insecure", "--port", "0");
    var welcome = server.readUntil("Ctrl-C stops the server.");

    assertThat(welcome)
        .anyMatch(line -> line.contains("WARNING: INSECURE"))
        .anyMatch(line -> line.matches("Leftfold .* serves .*leftfold-data at 127.0.0.1:[0-9]+ .*"))
        .anyMatch(line -> line.contains("leftfold append account-7"))
        .anyMatch(line -> line.contains("KurrentDBClient.create("))
        .anyMatch(line -> line.contains("KurrentDBClient.connectionString("));

    server.stop.request();
    assertThat(server.code.get()).isZero();
    assertThat(server.readUntil("Stopped.")).contains("Stopping …");
  }

  @Test
  void every_command_works_against_it() throws Exception {
    var connection = connectionTo(start("serve", "--memory", "--port", "0", "--insecure"));
    var shell = new TestShell(directory);
    var connect = new String[] {"--connect", connection};

    var appended =
        run(shell, connect, "append", "account-7", "{\"a\":1}", "-t", "Opened", "--tag", "x:1");
    assertThat(appended.err()).isEmpty();
    assertThat(appended.out())
        .isEqualTo("Appended Opened to account-7 at revision 0, position 1\n");
    assertThat(run(shell, connect, "append", "account-7", "-t", "T", "--expect", "5").code())
        .isEqualTo(ExitCode.CONFLICT);
    assertThat(run(shell, connect, "read", "account-7").out()).contains("{\"a\":1}");
    assertThat(run(shell, connect, "read", "--all", "--tag", "x:1").out()).contains("Opened");
    assertThat(run(shell, connect, "read", "$ce-account", "--resolve").out()).contains("via 0@");
    assertThat(run(shell, connect, "streams").out()).contains("account-7");
    assertThat(run(shell, connect, "stats", "--json").out())
        .contains("\"events\":2", "\"events-by-type\":{\"$genesis\":1,\"Opened\":1}");
    assertThat(run(shell, connect, "position-at", "2020-01-01T00:00:00Z").out()).isEqualTo("0\n");
    assertThat(run(shell, connect, "read", "--all", "--as-of", "1").lines()).hasSize(2);
    assertThat(run(shell, connect, "tail", "--from-start", "-n", "2", "--json").lines()).hasSize(2);
    var exported = run(shell, connect, "export").out();
    assertThat(exported).hasLineCount(1).contains("Opened");
    assertThat(shell.runWith(exported, "import", "-", "--connect", connection).out())
        .contains("Imported 0 events; passed over 1");
    var other = exported.replace("account-7", "account-8");
    assertThat(shell.runWith(other, "import", "-", "--connect", connection).out())
        .contains("Imported 1 events");
  }

  @Test
  void with_TLS_it_says_how_to_trust_it_and_the_next_start_is_trusted_as_well() throws Exception {
    var shell = new TestShell(directory);
    var authority = directory.resolve("leftfold-data/tls/ca.crt").toAbsolutePath();
    var trusted = new ArrayList<String>();
    for (var i = 0; i < 2; i++) {
      var server = start("serve", "--port", "0");
      var welcome = server.readUntil("Ctrl-C stops the server.");
      assertThat(welcome)
          .noneMatch(line -> line.contains("INSECURE"))
          .anyMatch(line -> line.contains("with TLS"))
          .anyMatch(line -> line.startsWith("  sudo ") && line.contains(authority.toString()))
          .anyMatch(line -> line.contains("?tlsCaFile=" + authority));
      // The password may be another one by now, as far as the second start knows.
      var connection =
          connection(welcome).replace("//admin@", "//admin:changeit@") + "&defaultDeadline=60000";
      assertThat(shell.run("append", "a", "1", "-t", "T", "--connect", connection).err()).isEmpty();
      trusted.add(Files.readString(authority));
      server.stop.request();
      assertThat(server.code.get()).isZero();
    }
    assertThat(trusted.getFirst()).isEqualTo(trusted.getLast());
    assertThat(shell.run("read", "a").lines()).hasSize(4);
    assertThat(shell.run("check").code()).isZero();
  }

  @Test
  void the_old_tcp_protocol_is_spoken_if_somebody_says_so_and_at_the_port_that_is_said()
      throws Exception {
    var server =
        start("serve", "--memory", "--insecure", "--port", "0", "--tcp", "--tcp-port", "0");
    var welcome = String.join("\n", server.readUntil("Ctrl-C stops the server."));
    var port =
        Integer.parseInt(
            welcome.replaceAll("(?s).*The old TCP protocol is spoken at port (\\d+)\\..*", "$1"));
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      // A ping: its length, its command, no flags, a correlation.
      socket.getOutputStream().write(new byte[] {18, 0, 0, 0, 3, 0});
      socket.getOutputStream().write(new byte[16]);
      assertThat(socket.getInputStream().readNBytes(5)).containsExactly(18, 0, 0, 0, 4);
    }
    server.stop.request();
    assertThat(server.code.get()).isZero();
  }

  /// The page about users, against a server that was told nothing.
  @Test
  void what_the_page_about_users_says_to_type_works_over_TLS() throws Exception {
    var server = start("serve", "--port", "0");
    var welcome = server.readUntil("Ctrl-C stops the server.");
    assertThat(welcome).anyMatch(line -> line.contains("kurrentdb://admin:changeit@"));
    var place = connection(welcome).replaceFirst(".*@", "") + "&defaultDeadline=60000";

    var commands = commandsOf(Path.of("../docs/how-to/users.md"));
    assertThat(commands).hasSizeGreaterThan(6).first().asString().contains("passwd admin");
    var password = "changeit";
    for (var command : commands) {
      var typed =
          new TestShell(
              directory,
              Map.of("LEFTFOLD_PASSWORD", password, "LEFTFOLD_NEW_PASSWORD", "hunter22"));
      if (!command.contains("users create") && command.contains("jo")) {
        // Each is typed by itself; the page deletes jo on the way.
        var _ = typed.run("users", "create", "jo", "-c", "kurrentdb://admin@" + place);
      }
      var result = typed.run(words(command.replace("$server", place)));
      assertThat(result.code()).as("%s: %s", command, result.err()).isZero();
      password = "hunter22";
    }
    server.stop.request();
    assertThat(server.code.get()).isZero();

    var again = start("serve", "--port", "0");
    assertThat(again.readUntil("Ctrl-C stops the server."))
        .as("whose password was changed")
        .anyMatch(line -> line.contains("kurrentdb://admin@"))
        .noneMatch(line -> line.contains("changeit"));
  }

  /// The page about plain HTTP: appended, read, and followed by its script.
  @Test
  @EnabledIf("isCurlThere")
  void what_the_page_about_plain_http_says_to_type_works() throws Exception {
    var server = start("serve", "--memory", "--insecure", "--port", "0");
    var connection = connection(server.readUntil("Ctrl-C stops the server."));
    var place = connection.replaceFirst("^kurrentdb://", "").replaceFirst("[?/].*", "");
    var blocks = blocksOf(Path.of("../docs/how-to/plain-http.md"), "sh");
    assertThat(blocks).hasSize(3);

    var append = blocks.get(0).replace("127.0.0.1:2113", place);
    assertThat(typed(append))
        .startsWith("{\"position\":")
        .endsWith(
            "\"repeated\":false,\"streams\":[{\"stream\":\"account-7\",\"first\":0,\"last\":0}]}\n");
    assertThat(typed(append)).contains("\"repeated\":true");
    var line = typed(blocks.get(1).replace("127.0.0.1:2113", place));
    assertThat(line).startsWith("{\"cursor\":0,").contains("\"data\":{\"amount\":50}");

    var following =
        new ProcessBuilder("bash", "-c", blocks.get(2).replace("127.0.0.1:2113", place))
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .start();
    try (var lines = following.inputReader()) {
      assertThat(lines.readLine()).contains("\"data\":{\"amount\":50}");
      assertThat(typed(append.replace("deposit-1", "deposit-2"))).contains("\"repeated\":false");
      assertThat(lines.readLine()).contains("\"revision\":1");
    } finally {
      following.descendants().forEach(ProcessHandle::destroyForcibly);
      following.destroyForcibly().waitFor();
    }
    assertThat(Files.readString(directory.resolve("cursor"))).matches("[0-9]+\n");
    server.stop.request();
    assertThat(server.code.get()).isZero();
  }

  static boolean isCurlThere() throws Exception {
    try {
      return new ProcessBuilder("curl", "--version")
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException _) {
      return false;
    }
  }

  private String typed(String command) throws Exception {
    var process =
        new ProcessBuilder("bash", "-c", command)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .start();
    var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    return said;
  }

  private static List<String> blocksOf(Path page, String language) throws IOException {
    return Pattern.compile("```" + language + "\\n(.*?)```", Pattern.DOTALL)
        .matcher(Files.readString(page))
        .results()
        .map(block -> block.group(1))
        .toList();
  }

  /// The commands in the blocks of a page, in order.
  private static List<String> commandsOf(Path page) throws IOException {
    var commands = new ArrayList<String>();
    var inBlock = false;
    for (var line : Files.readAllLines(page)) {
      inBlock ^= line.startsWith("```");
      var command = line.replaceFirst("^\\$ ", "");
      if (inBlock && command.startsWith("leftfold ")) {
        commands.add(command.substring("leftfold ".length()));
      }
    }
    return commands;
  }

  /// As a shell takes a command apart.
  private static String[] words(String command) {
    return Pattern.compile("\"([^\"]*)\"|'([^']*)'|(\\S+)")
        .matcher(command)
        .results()
        .map(word ->
            Stream.of(word.group(1), word.group(2), word.group(3))
                .filter(Objects::nonNull)
                .findFirst()
                .orElseThrow())
        .toArray(String[]::new);
  }

  @Test
  void in_memory_the_authority_is_in_a_file_while_the_server_runs() throws Exception {
    var server = start("serve", "--memory", "--port", "0");
    var connection = connectionTo(server);
    var authority = Path.of(connection.substring(connection.indexOf("tlsCaFile=") + 10));

    assertThat(authority).isNotEmptyFile();
    server.stop.request();
    assertThat(server.code.get()).isZero();
    assertThat(authority).doesNotExist();
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void certificates_of_others_are_shown_when_they_are_named() throws Exception {
    var first = start("serve", "--data", "d", "--port", "0");
    first.readUntil("Ctrl-C stops the server.");
    first.stop.request();
    assertThat(first.code.get()).isZero();
    var server =
        start(
            "serve",
            "--memory",
            "--port",
            "0",
            "--tls-certificate",
            "d/tls/server.crt",
            "--tls-key",
            "d/tls/server.key");
    var welcome = server.readUntil("Ctrl-C stops the server.");
    assertThat(welcome).noneMatch(line -> line.contains("trust it everywhere"));
    var connection = connection(welcome) + "?tlsCaFile=" + directory.resolve("d/tls/ca.crt");
    assertThat(new TestShell(directory).run("stats", "--connect", connection).code()).isZero();

    var missing = new TestShell(directory).run("serve", "--memory", "--tls-certificate", "none");
    assertThat(missing.code()).isEqualTo(ExitCode.USAGE);
    assertThat(missing.err()).contains("There is no file").contains("none");
  }

  @Test
  void a_file_and_the_environment_configure_it() throws Exception {
    Files.writeString(
        directory.resolve("leftfold.yaml"), "memory: true\nport: 0\nDisableTls: true\n");
    var welcome = start("serve").readUntil("Ctrl-C stops the server.");
    assertThat(welcome).anyMatch(line -> line.contains("WARNING: NO TLS"));
    assertThat(connection(welcome)).endsWith("?tls=false");

    Files.writeString(directory.resolve("leftfold.yaml"), "prot: 0\n");
    var shell = new TestShell(directory, Map.of("LEFTFOLD_MEMROY", "true"));
    for (var command : List.of("serve", "config")) {
      var result = shell.run(command);
      assertThat(result.code()).isEqualTo(ExitCode.USAGE);
      assertThat(result.err())
          .contains("leftfold: LEFTFOLD_MEMROY: there is no option")
          .contains(
              "leftfold: leftfold.yaml:1: there is no option \"prot\"; did you mean \"port\"?");
    }
  }

  @Test
  void operators_see_its_options_without_passwords() throws Exception {
    var connection =
        connectionTo(
            start(
                "serve", "--memory", "--insecure", "--port", "0", "--otlp-headers", "key=hunter2"));
    var page = connection.replaceFirst("^kurrentdb", "http").replaceFirst("[?].*", "");
    try (var http = HttpClient.newHttpClient()) {
      var request = HttpRequest.newBuilder(URI.create(page + "/info/options")).build();

      var options = http.send(request, HttpResponse.BodyHandlers.ofString()).body();

      assertThat(options)
          .containsPattern(
              "\"name\": \"memory\",\\s+\"description\": \"Keep [^}]+\"value\": \"true\",\\s+\"configurationSource\": \"--memory\"")
          .contains("\"name\": \"otlp-headers\"", "********")
          .doesNotContain("hunter2");
    }
  }

  @Test
  void the_configuration_is_shown_with_where_it_came_from_and_without_passwords() throws Exception {
    Files.writeString(directory.resolve("leftfold.yaml"), "host: 0.0.0.0\nStatsPeriodSec: 30\n");
    var shell =
        new TestShell(
            directory,
            Map.of("LEFTFOLD_DEFAULT_ADMIN_PASSWORD", "hunter2", "KURRENTDB_NODE_PORT", "2114"));

    var table = shell.run("config", "--durability", "os");
    assertThat(table.code()).isZero();
    assertThat(table.out())
        .containsPattern("host +0.0.0.0 +leftfold.yaml:1 host\n")
        .containsPattern("port +2114 +KURRENTDB_NODE_PORT\n")
        .containsPattern("durability +os +--durability\n")
        .containsPattern("data +leftfold-data +default\n")
        .containsPattern("default-admin-password +\\*{8} +LEFTFOLD_DEFAULT_ADMIN_PASSWORD\n")
        .doesNotContain("hunter2");
    assertThat(table.err()).contains("passed over: leftfold.yaml:2 StatsPeriodSec");
    assertThat(shell.run("config", "--json").lines())
        .contains("{\"option\":\"port\",\"value\":\"2114\",\"from\":\"KURRENTDB_NODE_PORT\"}")
        .noneMatch(line -> line.contains("hunter2"));
    assertThat(shell.run("config", "--memory", "--data", "d").code()).isEqualTo(ExitCode.USAGE);
    assertThat(shell.run("serve", "--prot", "1").err()).contains("--port");
  }

  @Test
  void tail_shows_what_others_append() throws Exception {
    var connection = connectionTo(start("serve", "--memory", "--port", "0"));
    var shell = new TestShell(directory);
    shell.run("append", "a", "\"first\"", "-t", "T", "--connect", connection);
    var tail = start("tail", "a", "--from-start", "--connect", connection);
    tail.readUntil("          \"first\"");

    shell.run("append", "a", "\"second\"", "-t", "T", "--connect", connection);

    assertThat(tail.readUntil("          \"second\"")).hasSize(2);
    tail.stop.request();
    assertThat(tail.code.get()).isZero();
  }

  @Test
  void what_was_served_from_a_directory_is_there_after_a_restart() throws Exception {
    var server = start("serve", "--data", "d", "--port", "0");
    var connection = connectionTo(server);
    var shell = new TestShell(directory);
    shell.run("append", "a", "1", "-t", "T", "--connect", connection);
    assertThat(shell.run("append", "a", "2", "-t", "T", "--data", "d").code())
        .isEqualTo(ExitCode.UNAVAILABLE);
    server.stop.request();
    assertThat(server.code.get()).isZero();

    assertThat(shell.run("read", "a", "--data", "d").out()).contains("0@a");
    connectionTo(start("serve", "--data", "d", "--port", "0"));
  }

  @Test
  void a_store_without_an_index_is_served_at_once_and_says_when_that_is_made() throws Exception {
    var shell = new TestShell(directory);
    for (var i = 0; i < 3; i++) {
      shell.run("append", "a", String.valueOf(i), "-t", "T", "--data", "d");
    }
    try (var files = Files.list(directory.resolve("d/index"))) {
      for (var file : files.toList()) {
        Files.delete(file);
      }
    }
    var server =
        start("serve", "--data", "d", "--port", "0", "--index-at-opening", "0", "--insecure");
    var connection = connectionTo(server);

    assertThat(shell.run("read", "--all", "--connect", connection).lines()).hasSize(8);
    var result = shell.run("read", "a", "--connect", connection);
    while (result.code() == ExitCode.UNAVAILABLE) {
      assertThat(result.err()).contains("events are indexed");
      result = shell.run("read", "a", "--connect", connection);
    }
    assertThat(result.out()).contains("0@a", "2@a");
    assertThat(shell.run("stats", "--connect", connection).out()).contains("indexed-events");
    assertThat(shell.run("serve", "--index-at-opening", "many").code()).isEqualTo(ExitCode.USAGE);
  }

  @Test
  void a_port_in_use_is_said_to_be() throws IOException {
    try (var taken = new ServerSocket(0)) {
      var result =
          new TestShell(directory)
              .run("serve", "--memory", "--port", String.valueOf(taken.getLocalPort()));
      assertThat(result.code()).isEqualTo(ExitCode.UNAVAILABLE);
      assertThat(result.err())
          .contains(String.valueOf(taken.getLocalPort()))
          .doesNotContain("\tat ");
    }
    assertThat(new TestShell(directory).run("serve", "--port", "70000").err())
        .contains("--port: port is a number from 0 to 65535, got \"70000\"");
  }

  @Test
  void a_directory_and_memory_exclude_each_other() throws IOException {
    Files.createDirectory(directory.resolve("d"));
    var result = new TestShell(directory).run("serve", "--memory", "--data", "d");
    assertThat(result.code()).isEqualTo(ExitCode.USAGE);
  }

  private static TestShell.Result run(TestShell shell, String[] connect, String... arguments) {
    var all = new ArrayList<>(Arrays.asList(arguments));
    all.addAll(Arrays.asList(connect));
    return shell.run(all.toArray(String[]::new));
  }

  private static String connectionTo(Running server) throws IOException {
    return connection(server.readUntil("Ctrl-C stops the server."));
  }

  private static String connection(List<String> welcome) {
    for (var line : welcome) {
      var found = CONNECTION.matcher(line);
      if (found.find()) {
        return found.group();
      }
    }
    throw new AssertionError("The server did not say how to connect");
  }

  private Running start(String... arguments) throws IOException {
    var out = new PipedOutputStream();
    var lines =
        new BufferedReader(
            new InputStreamReader(new PipedInputStream(out, 1 << 16), StandardCharsets.UTF_8));
    var stop = new Stop();
    var shell =
        new Shell(
            new ByteArrayInputStream(new byte[0]),
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8),
            false,
            directory,
            Map.of(),
            Clock.systemUTC(),
            new Random(1),
            stop);
    var code =
        threads.submit(() -> {
          try (out) {
            return Main.run(shell, arguments);
          }
        });
    var command = new Running(lines, stop, code);
    running.add(command);
    return command;
  }

  private record Running(BufferedReader lines, Stop stop, Future<Integer> code) {

    List<String> readUntil(String last) throws IOException {
      var read = new ArrayList<String>();
      for (var line = lines.readLine(); line != null; line = lines.readLine()) {
        read.add(line);
        if (line.equals(last)) {
          return read;
        }
      }
      throw new AssertionError("It ended without saying \"%s\", but %s".formatted(last, read));
    }
  }
}
