// SPDX-License-Identifier: Apache-2.0

package io.leftfold.verification.examples;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// An example in a process of its own, at any port, with its events on a server.
///
/// @param address where it listens
record RunningExample(Process process, String address) implements AutoCloseable {

  private static final HttpClient CLIENT = HttpClient.newHttpClient();
  private static final Pattern OPEN = Pattern.compile("The \\w+ is open: (http://[^/]+)/\\S*");

  /// @param main its class
  /// @param server the port of the server
  /// @param arguments beside the ports
  static RunningExample start(String main, int server, String... arguments) throws IOException {
    var command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                main,
                "--port",
                "0",
                "--connect",
                "leftfold://127.0.0.1:%d?tls=false".formatted(server)));
    command.addAll(List.of(arguments));
    var process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    return new RunningExample(process, address(process.inputReader()));
  }

  private static String address(BufferedReader output) throws IOException {
    var line = output.readLine();
    var said = OPEN.matcher(String.valueOf(line));
    if (!said.matches()) {
      throw new AssertionError("The example was to say where it is open, but said: " + line);
    }
    return said.group(1);
  }

  static HttpResponse<String> send(HttpRequest.Builder request) {
    try {
      return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new AssertionError("No answer", e);
    }
  }

  void kill() throws InterruptedException {
    process.destroyForcibly();
    process.waitFor();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
