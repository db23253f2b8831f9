// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.engine.LocalEventStore;
import io.leftfold.server.LeftfoldServer;
import io.leftfold.server.ServerOptions;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Does what `docs/how-to/projections.md` says, in a new server.
final class ProjectionsHowToTest {

  private static final Path PAGE = Path.of("../docs/how-to/projections.md");
  private static final String THERE = "127.0.0.1:2113";

  /// A request in the text or a table.
  private static final Pattern REQUEST = Pattern.compile("`(GET|PUT|POST|DELETE) ([/…]\\S*?)`");

  /// Another page at the end of a list that begins with a request.
  private static final Pattern LIKEWISE =
      Pattern.compile(
          "`(GET|POST) (/projections?/(?:balances/)?(?:command/)?)\\S+?`((?:, (?:or )?`/\\w+`)+)");

  @TempDir private Path directory;
  private final LocalEventStore store = LocalEventStore.inMemory();
  private final LeftfoldServer server =
      LeftfoldServer.start(store, ServerOptions.insecure().withAddress("127.0.0.1", 0));
  private final HttpClient http = HttpClient.newHttpClient();

  @AfterEach
  void close() {
    http.close();
    server.close();
    store.close();
  }

  private HttpResponse<String> ask(String method, String path, String body)
      throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d%s".formatted(server.port(), path)))
            .version(HttpClient.Version.HTTP_1_1)
            .timeout(Duration.ofMinutes(1))
            .method(method, BodyPublishers.ofString(body))
            .build(),
        BodyHandlers.ofString());
  }

  private static void await(Callable<Boolean> condition) throws Exception {
    var end = Instant.now().plus(Duration.ofMinutes(1));
    while (!condition.call()) {
      assertThat(Instant.now()).isBefore(end);
      LockSupport.parkNanos(5_000_000);
    }
  }

  @Test
  void what_the_page_says_can_be_done() throws Exception {
    var page = Files.readString(PAGE);
    var script = between(page, "<<'JS'\n", "JS\n");
    Files.writeString(directory.resolve("balances.js"), script);
    await(() -> ask("GET", "/projections/any", "").statusCode() == 200);
    assertThat(ask("POST", between(page, THERE, "' <<'JS'"), script).statusCode()).isEqualTo(201);

    commands(page);
    await(() ->
        ask("GET", "/projection/balances/state?partition=account-1", "")
            .body()
            .equals("{\"balance\":70}"));
    assertThat(page).contains("answers `{\"balance\":70}`");
    options(page);
    requests(page, script);
  }

  private static String between(String text, String begin, String end) {
    var from = text.indexOf(begin) + begin.length();
    return text.substring(from, text.indexOf(end, from));
  }

  /// Those that stand in blocks, in their order.
  private void commands(String page) {
    var shell = new TestShell(directory);
    var lines = page.lines().filter(line -> line.startsWith("leftfold ")).toList();
    assertThat(lines).hasSizeGreaterThanOrEqualTo(5);
    for (var line : lines) {
      var words =
          Pattern.compile("'([^']*)'|(\\S+)")
              .matcher(line.replace(THERE, "127.0.0.1:" + server.port()))
              .results()
              .map(word -> word.group(1) != null ? word.group(1) : word.group(2))
              .skip(1)
              .toList();
      var done = shell.run(words.toArray(String[]::new));
      // Of the moment that it names there may be nothing here.
      assertThat(done.code() == ExitCode.OK || done.err().contains("has none"))
          .as("%s: %s", line, done)
          .isTrue();
    }
  }

  /// Those of the table that says what is done by which command.
  private void options(String page) {
    var shell = new TestShell(directory);
    var table = between(page, "| to | command | request |\n", "\n\n");
    var said = Pattern.compile("`([a-z]+)(( --[a-z-]+)*)`").matcher(table).results().toList();
    assertThat(said).hasSizeGreaterThanOrEqualTo(8);
    for (var command : said) {
      var help = shell.run("projections", command.group(1), "--help");
      assertThat(help.code()).as(command.group()).isZero();
      for (var option : command.group(2).split(" ", -1)) {
        assertThat(help.out()).as(command.group()).contains(option);
      }
    }
  }

  /// All of them have an answer: another one than that there is no such page.
  private void requests(String page, String script) throws Exception {
    var requests = new LinkedHashSet<List<String>>();
    for (var request : REQUEST.matcher(page).results().toList()) {
      requests.add(List.of(request.group(1), path(request)));
    }
    for (var first : LIKEWISE.matcher(page).results().toList()) {
      for (var other : first.group(3).split("`", -1)) {
        if (other.startsWith("/")) {
          requests.add(List.of(first.group(1), first.group(2) + other.substring(1)));
        }
      }
    }
    assertThat(requests).hasSizeGreaterThanOrEqualTo(25);
    var inOrder = new ArrayList<>(requests);
    inOrder.sort(Comparator.comparing(request -> request.getFirst().equals("DELETE")));
    for (var request : inOrder) {
      var answer = ask(request.getFirst(), request.getLast(), script);
      assertThat(answer.statusCode()).as("%s: %s", request, answer.body()).isNotIn(404, 405, 501);
    }
  }

  private static String path(MatchResult request) {
    return request.group(2).replaceFirst("^…", "/projection/balances").replace("=…", "=1");
  }
}
