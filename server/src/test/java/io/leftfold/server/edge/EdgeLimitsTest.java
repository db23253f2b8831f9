// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Each limit of [EdgeLimits]: who goes beyond is told so, nobody else notices, and what was held
/// is given back to the last byte.
@Timeout(120)
class EdgeLimitsTest {

  private static final int CALLS_MAX = 20;
  private static final int PAGES_MAX = 3;
  private static final long REQUESTS_MAX = 400_000;
  private static final long REQUESTS_OF_ONE_MAX = 200_000;
  private static final long ANSWERS_MAX = 400_000;
  private static final long ANSWERS_OF_ONE_MAX = 200_000;

  private static final byte[] ANSWER = new byte[10_000];

  private final LogCapture log = new LogCapture();
  private final ConcurrentLinkedQueue<RoutingContext> slowPages = new ConcurrentLinkedQueue<>();
  private final ConcurrentLinkedQueue<GrpcCall> pausedCalls = new ConcurrentLinkedQueue<>();
  private Edge edge;
  private Vertx vertx;
  private final List<HttpClient> clients = new ArrayList<>();

  @BeforeEach
  void listen() throws IOException {
    var defaults = EdgeOptions.defaults();
    edge =
        Edge.start(
            defaults
                .withAddress("127.0.0.1", 0)
                .withEventLoops(2)
                .withLimits(
                    defaults
                        .limits()
                        .withCalls(CALLS_MAX, PAGES_MAX)
                        .withRequests(REQUESTS_MAX, REQUESTS_OF_ONE_MAX)
                        .withAnswers(ANSWERS_MAX, ANSWERS_OF_ONE_MAX)),
            Map.of(
                "/t/Keep",
                EdgeLimitsTest::keep,
                "/t/Pour",
                EdgeLimitsTest::pour,
                "/t/Wait",
                this::holdUp),
            http -> {
              http.get("/ping").handler(context -> context.end("pong"));
              http.get("/slow").handler(slowPages::add);
              http.get("/alive")
                  .order(Edge.PAGES_COUNTED - 1)
                  .handler(context -> context.end("alive"));
            });
    vertx = Vertx.vertx();
  }

  @AfterEach
  void close() throws Exception {
    get(vertx.close());
    edge.close(Duration.ZERO);
    log.close();
  }

  /// Keeps what it hears until its caller has half-closed, and completes then.
  private static GrpcListener keep(GrpcCall call) {
    return new GrpcListener() {
      @Override
      public void message(byte[] bytes, int offset, int length) {
        call.keep(length);
      }

      @Override
      public void halfClosed() {
        call.complete();
      }
    };
  }

  /// Hears nothing until the test resumes it; keeps then.
  private GrpcListener holdUp(GrpcCall call) {
    call.pause();
    pausedCalls.add(call);
    return keep(call);
  }

  /// Sends as much as its caller takes, for ever.
  private static GrpcListener pour(GrpcCall call) {
    return new GrpcListener() {
      @Override
      public void message(byte[] bytes, int offset, int length) {}

      @Override
      public void halfClosed() {
        goOn();
      }

      private void goOn() {
        for (var i = 0; i < 6 && call.ready(); i++) {
          call.send(ANSWER, 0, ANSWER.length);
        }
        call.onReady(this::goOn);
      }
    };
  }

  // ---- calls

  @Test
  void calls_beyond_the_limit_are_refused_and_those_that_are_open_go_on() throws Exception {
    var open = new ArrayList<HttpClientRequest>();
    for (var i = 0; i < CALLS_MAX; i++) {
      open.add(begin(i % 2 == 0 ? client(0) : client(1), "/t/Keep"));
    }
    await(() -> edge.openCalls() == CALLS_MAX);
    var refused = answer(begin(client(2), "/t/Keep"));
    assertThat(refused.status()).isEqualTo("8");
    assertThat(refused.message())
        .startsWith("Server Is Too Busy: 20 calls are open, as many as may be");
    assertThat(edge.refused(Shortage.CALLS)).isEqualTo(1);
    for (var call : open) {
      call.end();
      assertThat(answer(call).status()).isEqualTo("0");
    }
    await(() -> edge.openCalls() == 0);
    var again = begin(client(2), "/t/Keep");
    again.end();
    assertThat(answer(again).status()).isEqualTo("0");
  }

  @Test
  void calls_that_were_cancelled_make_room() throws Exception {
    for (var times = 0; times < 3; times++) {
      var open = new ArrayList<HttpClientRequest>();
      for (var i = 0; i < CALLS_MAX; i++) {
        open.add(begin(client(0), "/t/Keep"));
      }
      await(() -> edge.openCalls() == CALLS_MAX);
      for (var call : open) {
        call.reset();
      }
      await(() -> edge.openCalls() == 0);
    }
    assertThat(edge.refused(Shortage.CALLS)).isZero();
  }

  // ---- requests

  @Test
  void a_connection_that_keeps_too_much_is_told_so_and_others_are_not() throws Exception {
    var greedy = new ArrayList<HttpClientRequest>();
    for (var i = 0; i < 5; i++) {
      greedy.add(begin(client(0), "/t/Keep"));
      write(greedy.get(i), 45_000);
    }
    var refused = answer(greedy.getLast());
    assertThat(refused.status()).isEqualTo("8");
    assertThat(refused.message())
        .startsWith("Server Is Too Busy: The requests of this connection")
        .contains("send less at a time");
    var other = begin(client(1), "/t/Keep");
    write(other, 45_000);
    other.end();
    assertThat(answer(other).status()).isEqualTo("0");
    for (var call : greedy.subList(0, 4)) {
      call.end();
      assertThat(answer(call).status()).isEqualTo("0");
    }
    await(() -> edge.requestBytes() == 0);
    assertThat(edge.refused(Shortage.CONNECTION_REQUESTS)).isEqualTo(1);
    assertThat(edge.refused(Shortage.REQUESTS)).isZero();
  }

  @Test
  void when_all_hold_too_much_a_call_of_who_holds_most_is_ended_and_others_go_on()
      throws Exception {
    var greedy = new ArrayList<HttpClientRequest>();
    for (var i = 0; i < 8; i++) {
      greedy.add(begin(client(i / 4), "/t/Keep"));
      write(greedy.get(i), 45_000);
      var expected = 40_000L * (i + 1);
      await(() -> edge.requestBytes() >= expected);
    }
    var modest = new ArrayList<HttpClientRequest>();
    for (var i = 0; i < 2; i++) {
      modest.add(begin(client(2 + i), "/t/Keep"));
      write(modest.get(i), 45_000);
      modest.get(i).end();
      assertThat(answer(modest.get(i)).status()).isEqualTo("0");
      modest.set(i, begin(client(2 + i), "/t/Keep"));
      write(modest.get(i), 45_000);
    }
    await(() -> edge.refused(Shortage.REQUESTS) > 0);
    for (var call : modest) {
      call.end();
      assertThat(answer(call).status()).isEqualTo("0");
    }
    var refused = 0;
    for (var call : greedy) {
      var _ = call.end(); // of the one that was ended nothing is taken any more
      var answer = answer(call);
      if (answer.status().equals("8")) {
        refused++;
        assertThat(answer.message()).startsWith("Server Is Too Busy: The server holds");
      } else {
        assertThat(answer.status()).isEqualTo("0");
      }
    }
    assertThat(refused).isEqualTo(1);
    assertThat(edge.refused(Shortage.REQUESTS)).isEqualTo(1);
    await(() -> edge.requestBytes() == 0);
  }

  @Test
  void who_holds_most_is_refused_itself_when_it_asks_for_more() throws Exception {
    for (var i = 0; i < 3; i++) {
      write(begin(client(0), "/t/Keep"), 45_000);
      write(begin(client(1), "/t/Keep"), 45_000);
      write(begin(client(2), "/t/Keep"), 45_000 - 8_000 * i);
    }
    await(() -> edge.requestBytes() >= 340_000);
    write(begin(client(0), "/t/Keep"), 30_000);
    await(() -> edge.requestBytes() >= 370_000);
    var refused = begin(client(0), "/t/Keep");
    write(refused, 33_000);
    var answer = answer(refused);
    assertThat(answer.status()).isEqualTo("8");
    assertThat(answer.message()).startsWith("Server Is Too Busy: The server holds");
    assertThat(edge.openCalls()).isEqualTo(10);
  }

  @Test
  void what_comes_for_calls_that_are_held_up_counts_and_has_the_same_bound() throws Exception {
    var most = new AtomicLong();
    for (var i = 0; i < 15; i++) {
      var call = begin(client(i / 3), "/t/Wait");
      write(call, 60_000);
      call.response().onFailure(_ -> {});
      var asked = i + 1;
      await(() -> {
        var held = edge.requestBytes();
        most.accumulateAndGet(held, Math::max);
        return pausedCalls.size() == asked && held == heldUp() * 65_536L;
      });
      // Who holds little goes on meanwhile.
      var good = begin(client(6), "/t/Keep");
      write(good, 45_000);
      good.end();
      assertThat(answer(good).status()).isEqualTo("0");
    }
    assertThat(most).hasValueLessThanOrEqualTo(REQUESTS_MAX + REQUESTS_MAX / 8 + 65_536);
    assertThat(edge.refused(Shortage.REQUESTS)).isPositive();
    // What was not refused is all there.
    var left = pausedCalls.stream().filter(call -> !call.ended()).toList();
    assertThat(left).hasSizeGreaterThanOrEqualTo(5);
    left.forEach(call -> call.execute(call::resume));
    await(() -> edge.requestBytes() == left.size() * (60_000L / 4096 * 4096));
    for (var client : clients) {
      get(client.close());
    }
    await(() -> edge.requestBytes() == 0);
  }

  private long heldUp() {
    return pausedCalls.stream().filter(call -> !call.ended()).count();
  }

  @Test
  void what_a_lost_connection_held_is_given_back() throws Exception {
    for (var i = 0; i < 4; i++) {
      write(begin(client(0), "/t/Keep"), 45_000);
      begin(client(0), "/t/Pour").end(); // never takes its answer
    }
    await(() -> edge.requestBytes() > 160_000 && edge.answerBytes() >= ANSWERS_OF_ONE_MAX / 2);
    get(client(0).close());
    await(() -> edge.connections() == 0);
    await(() -> edge.requestBytes() == 0 && edge.answerBytes() == 0 && edge.openCalls() == 0);
  }

  @Test
  void half_a_message_of_a_call_that_was_cancelled_is_given_back() throws Exception {
    var call = begin(client(0), "/t/Keep");
    get(
        call.write(
            Buffer.buffer(new byte[] {0, 0, 0, (byte) 0xc3, 0x50}).appendBytes(new byte[30_000])));
    await(() -> edge.requestBytes() > 0);
    call.reset();
    await(() -> edge.requestBytes() == 0);
  }

  // ---- answers

  @Test
  void a_connection_that_takes_nothing_is_sent_no_more_than_its_share() throws Exception {
    var pouring = new ArrayList<Taker>();
    for (var i = 0; i < 10; i++) {
      pouring.add(new Taker(begin(client(0), "/t/Pour")));
    }
    for (var taker : pouring) {
      taker.request.end();
    }
    await(() -> edge.answerBytes() >= ANSWERS_OF_ONE_MAX);
    // Another connection is sent what it takes meanwhile.
    var other = new Taker(begin(client(1), "/t/Pour"));
    other.take();
    other.request.end();
    await(() -> other.taken() > 5_000_000);
    assertThat(edge.answerBytes()).isLessThan(2 * ANSWERS_OF_ONE_MAX + ANSWERS_OF_ONE_MAX);
    // Once it takes again, each of its calls goes on.
    for (var taker : pouring) {
      taker.take();
    }
    for (var taker : pouring) {
      await(() -> taker.taken() > 1_000_000);
    }
    other.request.reset();
    for (var taker : pouring) {
      taker.request.reset();
    }
    await(() -> edge.answerBytes() == 0 && edge.openCalls() == 0);
  }

  @Test
  void a_call_whose_answer_is_not_taken_does_not_hold_up_the_others_of_its_connection()
      throws Exception {
    var stuck = new ArrayList<Taker>();
    for (var i = 0; i < 5; i++) {
      stuck.add(new Taker(begin(client(0), "/t/Pour")));
      stuck.get(i).request.end();
    }
    await(() -> edge.answerBytes() >= ANSWERS_OF_ONE_MAX);
    var taking = new Taker(begin(client(0), "/t/Pour"));
    taking.take();
    taking.request.end();
    await(() -> taking.taken() > 1_000_000);
  }

  @Test
  void however_many_connections_take_nothing_all_are_sent_no_more_than_the_limit()
      throws Exception {
    var pouring = new ArrayList<Taker>();
    for (var i = 0; i < CALLS_MAX - 1; i++) {
      pouring.add(new Taker(begin(client(i / 3), "/t/Pour")));
    }
    for (var taker : pouring) {
      taker.request.end();
    }
    await(() -> edge.answerBytes() >= ANSWERS_MAX);
    // Streams that are not taken do not keep their connection from asking for something else.
    var small = begin(client(0), "/t/Keep");
    small.end();
    assertThat(answer(small).status()).isEqualTo("0");
    // Who takes goes on.
    var other = new Taker(begin(client(7), "/t/Pour"));
    other.take();
    other.request.end();
    await(() -> other.taken() > 1_000_000);
    assertThat(edge.answerBytes()).isLessThan(2 * ANSWERS_MAX + ANSWERS_OF_ONE_MAX);
    for (var taker : pouring) {
      taker.take();
    }
    for (var taker : pouring) {
      await(() -> taker.taken() > 500_000);
    }
    for (var client : clients) {
      get(client.close());
    }
    await(() -> edge.answerBytes() == 0);
  }

  // ---- pages, and what is said

  @Test
  void pages_beyond_the_limit_are_told_when_to_come_again() throws Exception {
    var open = new ArrayList<Future<HttpClientResponse>>();
    for (var i = 0; i < PAGES_MAX; i++) {
      open.add(page(client(i), "/slow"));
    }
    await(() -> slowPages.size() == PAGES_MAX);
    var refused = get(page(client(4), "/ping"));
    assertThat(refused.statusCode()).isEqualTo(503);
    assertThat(refused.getHeader("retry-after")).isEqualTo("1");
    assertThat(get(page(client(4), "/alive")).statusCode()).isEqualTo(200);
    slowPages.forEach(context -> context.end("slow"));
    for (var response : open) {
      assertThat(get(response).statusCode()).isEqualTo(200);
    }
    await(() -> edge.openPages() == 0);
    assertThat(get(page(client(4), "/ping")).statusCode()).isEqualTo(200);
    assertThat(edge.refused(Shortage.PAGES)).isEqualTo(1);
  }

  @Test
  void a_page_that_waits_for_something_to_happen_counts_as_a_call() throws Exception {
    var open = new ArrayList<Future<HttpClientResponse>>();
    for (var i = 0; i < CALLS_MAX; i++) {
      open.add(patientPage(client(0), "/slow"));
    }
    await(() -> slowPages.size() == CALLS_MAX);
    assertThat(edge.openPages()).isZero();
    assertThat(get(page(client(1), "/ping")).statusCode()).isEqualTo(200);
    var refused = get(patientPage(client(1), "/ping"));
    assertThat(refused.statusCode()).isEqualTo(503);
    slowPages.forEach(context -> context.end("slow"));
    for (var response : open) {
      assertThat(get(response).statusCode()).isEqualTo(200);
    }
    await(() -> {
      try {
        return get(patientPage(client(1), "/ping")).statusCode() == 200;
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    });
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/slow?WAIT=60 | */*",
        "/slow?x=1&Wait=60 | */*",
        "/slow?%57ait=60 | */*",
        "/slow?Format=live | */*",
        "/slow | Text/Event-Stream",
        "/slow | text/html, TEXT/EVENT-STREAM;q=0.5"
      })
  void whoever_waits_counts_as_a_call_however_it_says_so(String path, String accept)
      throws Exception {
    var open =
        client(0)
            .request(HttpMethod.GET, edge.port(), "127.0.0.1", path)
            .compose(request -> request.putHeader("accept", accept).send());
    await(() -> slowPages.size() == 1);

    assertThat(edge.openPages()).isZero();
    slowPages.forEach(context -> context.end("slow"));
    assertThat(get(open).statusCode()).isEqualTo(200);
  }

  private Future<HttpClientResponse> patientPage(HttpClient client, String path) {
    return client
        .request(HttpMethod.GET, edge.port(), "127.0.0.1", path)
        .compose(request -> request.putHeader("es-longpoll", "10").send());
  }

  @Test
  void refusals_are_told_in_a_line_a_minute() throws Exception {
    for (var i = 0; i < CALLS_MAX; i++) {
      begin(client(0), "/t/Keep");
    }
    await(() -> edge.openCalls() == CALLS_MAX);
    for (var i = 0; i < 50; i++) {
      assertThat(answer(begin(client(1), "/t/Keep")).status()).isEqualTo("8");
    }
    assertThat(edge.refused(Shortage.CALLS)).isEqualTo(50);
    assertThat(log.lines())
        .filteredOn(line -> line.contains("refused since"))
        .singleElement()
        .asString()
        .contains("1 calls refused since this was said last: 20 calls are open", "max-calls");
  }

  @Test
  void a_minute_later_the_next_line_says_how_much_was_refused_meanwhile() {
    var now = new long[] {5};
    var refusals = new Refusals(() -> now[0]);
    for (var i = 0; i < 100; i++) {
      refusals.refused(Shortage.CALLS, "full");
    }
    now[0] += Duration.ofSeconds(61).toNanos();
    refusals.refused(Shortage.CALLS, "full");
    assertThat(log.lines())
        .filteredOn(line -> line.contains("refused since"))
        .hasSize(2)
        .last()
        .asString()
        .contains("100 calls refused");
  }

  // ---- clients

  /// A call's answer, taken or not.
  private static final class Taker {
    final HttpClientRequest request;
    private final AtomicLong taken = new AtomicLong();
    private volatile @Nullable HttpClientResponse response;
    private volatile boolean wanted;

    Taker(HttpClientRequest request) {
      this.request = request;
      request
          .response()
          .onSuccess(head -> {
            head.exceptionHandler(_ -> {});
            head.handler(bytes -> taken.addAndGet(bytes.length()));
            if (!wanted) {
              head.pause();
            }
            response = head;
          });
    }

    void take() {
      wanted = true;
      var head = response;
      if (head != null) {
        head.resume();
      }
    }

    long taken() {
      return taken.get();
    }
  }

  /// One connection each.
  private HttpClient client(int number) {
    while (clients.size() <= number) {
      clients.add(
          vertx.createHttpClient(
              new HttpClientOptions()
                  .setProtocolVersion(HttpVersion.HTTP_2)
                  .setHttp2ClearTextUpgrade(false)
                  .setHttp2MultiplexingLimit(100)));
    }
    return clients.get(number);
  }

  private Future<HttpClientResponse> page(HttpClient client, String path) {
    return client
        .request(HttpMethod.GET, edge.port(), "127.0.0.1", path)
        .compose(HttpClientRequest::send);
  }

  private HttpClientRequest begin(HttpClient client, String path) throws Exception {
    var request =
        get(
            client.request(
                new RequestOptions()
                    .setMethod(HttpMethod.POST)
                    .setHost("127.0.0.1")
                    .setPort(edge.port())
                    .setURI(path)
                    .putHeader("content-type", "application/grpc")
                    .putHeader("te", "trailers")));
    request.setChunked(true);
    get(request.writeHead());
    return request;
  }

  private static void write(HttpClientRequest request, int length) throws Exception {
    get(
        request.write(
            Buffer.buffer().appendByte((byte) 0).appendInt(length).appendBytes(new byte[length])));
  }

  private record Answer(String status, String message) {}

  private static Answer answer(HttpClientRequest request) throws Exception {
    return get(
        request
            .response()
            .compose(response ->
                response
                    .body()
                    .map(_ ->
                        new Answer(
                            either(response, "grpc-status"), either(response, "grpc-message")))));
  }

  private static String either(HttpClientResponse response, String name) {
    var header = response.getHeader(name);
    return String.valueOf(header != null ? header : response.getTrailer(name));
  }

  private static <T> T get(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  private static void await(BooleanSupplier condition) {
    var deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("in time").isLessThan(deadline);
      Thread.onSpinWait();
    }
  }
}
