// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks.grpc;

import io.leftfold.benchmarks.measure.Asked;
import io.leftfold.benchmarks.measure.Benchmark;
import io.leftfold.benchmarks.measure.Contestant;
import io.leftfold.benchmarks.measure.Rounds;
import io.leftfold.benchmarks.measure.Row;
import io.leftfold.benchmarks.measure.Settings;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;

/// Full pages of a feed over plain HTTP, one after the other, beside reads of the same events over
/// gRPC, which are as long.
public final class AtomPages implements Benchmark {

  private static final String STREAM = "pages-1";
  private static final int PAGE = 500;
  private static final int PAGES = 200;
  private static final Paging PAGING = new Paging(PAGES, PAGE);
  private static final int DATA_CHARS = 230;

  private final String embed;

  /// With so much of each event in its page.
  ///
  /// @param embed as in a URL
  public AtomPages(String embed) {
    this.embed = embed;
  }

  @Override
  public String name() {
    return "atom-pages-" + embed;
  }

  @Override
  public String question() {
    return "How many events a second do full pages of Atom have, of %d events each, embed=%s?"
        .formatted(PAGE, embed);
  }

  @Override
  public String sketch() {
    return "some 900 bytes of JSON an event, half of them the same for all, where gRPC has 400: twice the copying, and an object for each event";
  }

  @Override
  public void run(Settings settings, Consumer<Row> rows) throws Exception {
    try (var store = ServerProcess.store(settings.directory().resolve("store"), 1);
        var http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        var grpc = new GrpcPages(store.port())) {
      for (var i = 0; i < PAGES; i++) {
        append(http, store.port());
      }
      Contestant pages = time -> PAGING.rate(time, page -> page(http, store.port(), page));
      Contestant reads =
          time -> PAGING.rate(time, page -> grpc.read(STREAM, (long) page * PAGE, PAGE));
      WarmUp.inTurns(settings, List.of(pages, reads));
      var rounds = new Rounds(settings).with("leftfold", pages).with("limit", reads).run();
      rows.accept(
          Row.of(
                  name(),
                  "events/s",
                  rounds,
                  "reads of as many events over gRPC, with grpc-java",
                  new Asked.Nothing())
              .withRemark(
                  "%,.0f pages a second, %,d bytes each"
                      .formatted(
                          rounds.median("leftfold") / PAGE, page(http, store.port(), 0).length)));
    }
  }

  private byte[] page(HttpClient http, int port, int page) throws Exception {
    var url =
        "http://127.0.0.1:%d/streams/%s/%d/forward/%d?embed=%s"
            .formatted(port, STREAM, page * PAGE, PAGE, embed);
    var request =
        HttpRequest.newBuilder(URI.create(url))
            .header("Accept", "application/vnd.eventstore.atom+json")
            .build();
    var answer = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
    if (answer.statusCode() != 200) {
      throw new IOException("%s: %s".formatted(url, answer));
    }
    return answer.body();
  }

  private static void append(HttpClient http, int port) throws Exception {
    var body = new StringBuilder("[");
    for (var i = 0; i < PAGE; i++) {
      body.append(i == 0 ? "" : ",")
          .append(
              "{\"eventId\":\"%s\",\"eventType\":\"OrderPlaced\",\"data\":{\"text\":\"%s\"}}"
                  .formatted(UUID.randomUUID(), "x".repeat(DATA_CHARS)));
    }
    var request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d/streams/%s".formatted(port, STREAM)))
            .header("Content-Type", "application/vnd.eventstore.events+json")
            .POST(HttpRequest.BodyPublishers.ofString(body.append("]").toString()))
            .build();
    var answer = http.send(request, HttpResponse.BodyHandlers.ofString());
    if (answer.statusCode() != 201) {
      throw new IOException("%s %s".formatted(answer, answer.body()));
    }
  }
}
