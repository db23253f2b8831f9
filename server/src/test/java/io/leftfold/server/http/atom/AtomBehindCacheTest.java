// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.http.atom;

import static io.leftfold.server.http.atom.AtomServer.ATOM;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.vertx.core.json.JsonObject;
import java.io.File;
import java.io.IOException;
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
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Feeds behind a cache that many share: nginx as Debian has it. Left out where there is none; a
/// program elsewhere than on the path is named by `-Dtests.nginx`. `-Dtests.events=1000000` reads a
/// longer stream.
@Timeout(600)
final class AtomBehindCacheTest {

  private static final int EVENTS = Integer.getInteger("tests.events", 50_000);
  private static final Path GUIDE = Path.of("..", "docs", "how-to", "atom.md");
  private static final int PAGE = 1_000;
  private static final Pattern READS =
      Pattern.compile(
          "leftfold_read_duration_seconds_count\\{operation=\"read_stream\"\\} ([0-9.E]+)");

  @Test
  void a_stream_that_was_read_once_is_not_read_again(@TempDir Path directory) throws Exception {
    try (var server = new AtomServer()) {
      for (var i = 0; i < EVENTS / PAGE; i++) {
        server.append("cached-1", PAGE);
      }
      try (var cache = new Cache(directory, server.port())) {
        var first = walk(cache.port);
        var firstReads = reads(server);
        var second = walk(cache.port);

        assertThat(first).isEqualTo(new Walk(EVENTS / PAGE, EVENTS));
        assertThat(firstReads).isEqualTo(first.pages());
        assertThat(second).isEqualTo(first);
        // The newest page is asked for each time: it may be another one.
        assertThat(reads(server) - firstReads).isEqualTo(1);
      }
    }
  }

  @Test
  void what_one_caller_claims_about_itself_does_not_reach_others(@TempDir Path directory)
      throws Exception {
    try (var server = new AtomServer()) {
      server.append("cached-2", 3);
      try (var cache = new Cache(directory, server.port())) {
        var lies =
            """
            Host: evil.example
            Host: evil.example:81
            Host: 127.0.0.1:%1$d|X-Forwarded-Host: evil.example
            Host: 127.0.0.1:%1$d|X-Forwarded-Proto: https
            Host: 127.0.0.1:%1$d|X-Forwarded-Port: 666
            Host: 127.0.0.1:%1$d|X-Forwarded-Prefix: /evil\
            """
                .formatted(cache.port);
        for (var lie : lies.split("\n", -1)) {
          assertThat(page(cache.port, lie.replace("|", "\r\n"))).startsWith("HTTP/1.1 200");
        }
        var honest = page(cache.port, "Host: 127.0.0.1:" + cache.port);

        assertThat(honest)
            .contains("\"http://127.0.0.1:%d/streams/cached-2\"".formatted(cache.port))
            .doesNotContain("evil", "https:", "666");
      }
    }
  }

  /// A full page, for a caller with these headers.
  private static String page(int port, String headers) throws IOException {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket
          .getOutputStream()
          .write(
              "GET /streams/cached-2/1/backward/2 HTTP/1.1\r\n%s\r\nAccept: %s\r\nConnection: close\r\n\r\n"
                  .formatted(headers, ATOM)
                  .getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /// nginx in front of a server.
  private static final class Cache implements AutoCloseable {
    final int port;
    private final Process process;

    Cache(Path directory, int upstream) throws Exception {
      port = freePort();
      process = start(nginx(), directory, port, upstream);
    }

    @Override
    public void close() {
      process.destroy();
      process.onExit().orTimeout(20, TimeUnit.SECONDS).join();
    }
  }

  /// What was seen by following `next` from the newest page.
  private record Walk(int pages, int events) {}

  private static Walk walk(int port) throws Exception {
    var pages = 0;
    var events = 0;
    try (var http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
      var next = Optional.of("/streams/cached-1/head/backward/" + PAGE);
      while (next.isPresent()) {
        var request =
            HttpRequest.newBuilder(
                    URI.create("http://127.0.0.1:%d%s?embed=body".formatted(port, next.get())))
                .header("Accept", ATOM)
                .build();
        var answer = http.send(request, HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        var feed = new JsonObject(answer.body());
        pages++;
        events += feed.getJsonArray("entries").size();
        next =
            Optional.ofNullable(AtomServer.links(feed).get("next"))
                .map(url -> URI.create(url).getPath());
      }
    }
    return new Walk(pages, events);
  }

  private static int reads(AtomServer server) {
    var matcher = READS.matcher(server.get("/metrics").body());
    return matcher.find() ? (int) Double.parseDouble(matcher.group(1)) : 0;
  }

  private static String nginx() {
    var found =
        Stream.concat(
                Optional.ofNullable(System.getProperty("tests.nginx")).stream(),
                Stream.concat(
                    Stream.of(System.getenv("PATH").split(File.pathSeparator, -1))
                        .map(path -> path + "/nginx"),
                    Stream.of("/usr/sbin/nginx")))
            .filter(path -> Files.isExecutable(Path.of(path)))
            .findFirst();
    assumeTrue(
        found.isPresent(),
        "There is no nginx on the path; on Debian, apt-get install nginx-light brings one");
    return found.orElseThrow();
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /// What the guide says is to be configured, for these places.
  private static String documented(Path directory, int port, int upstream) throws IOException {
    var block =
        Pattern.compile("```nginx\n(.*?)```", Pattern.DOTALL).matcher(Files.readString(GUIDE));
    assertThat(block.find()).isTrue();
    return replaced(
        replaced(
            replaced(block.group(1), "/var/cache/nginx/feeds", directory + "/cache"),
            "listen 80;",
            "listen 127.0.0.1:%d;".formatted(port)),
        "http://127.0.0.1:2113",
        "http://127.0.0.1:" + upstream);
  }

  private static String replaced(String text, String from, String to) {
    assertThat(text).containsOnlyOnce(from);
    return text.replace(from, to);
  }

  private static Process start(String nginx, Path directory, int port, int upstream)
      throws Exception {
    var configuration = directory.resolve("nginx.conf");
    Files.writeString(
        configuration,
        """
        daemon off;
        master_process off;
        pid %1$s/nginx.pid;
        error_log %1$s/error.log;
        events {}
        http {
          access_log off;
          client_body_temp_path %1$s/body;
          proxy_temp_path %1$s/proxy;
          fastcgi_temp_path %1$s/fastcgi;
          uwsgi_temp_path %1$s/uwsgi;
          scgi_temp_path %1$s/scgi;
          %2$s
        }
        """
            .formatted(directory, documented(directory, port, upstream)));
    var process =
        new ProcessBuilder(nginx, "-p", directory.toString(), "-c", configuration.toString())
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("out.log").toFile())
            .start();
    while (!answers(port)) {
      if (!process.isAlive()) {
        throw new IOException(Files.readString(directory.resolve("out.log")));
      }
      Thread.onSpinWait();
    }
    return process;
  }

  private static boolean answers(int port) {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException _) {
      return false;
    }
  }
}
