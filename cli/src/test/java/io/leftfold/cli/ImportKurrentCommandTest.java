// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.api.ExpectedState;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.Query;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.StreamMetadata;
import io.leftfold.api.StreamName;
import io.leftfold.api.StreamState;
import io.leftfold.api.Tag;
import io.leftfold.cli.kurrent.KurrentImport;
import io.leftfold.cli.kurrent.SourceClock;
import io.leftfold.client.ConnectionString;
import io.leftfold.client.KurrentSource;
import io.leftfold.engine.EngineOptions;
import io.leftfold.engine.LocalEventStore;
import io.leftfold.engine.ScavengeOptions;
import io.leftfold.server.Authentication;
import io.leftfold.server.LeftfoldServer;
import io.leftfold.server.Security;
import io.leftfold.server.Security.Certificates;
import io.leftfold.server.ServerOptions;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 120, unit = TimeUnit.SECONDS)
class ImportKurrentCommandTest {

  private static final Instant JULY = Instant.parse("2025-07-17T14:02:00Z");
  private static final StreamName ACCOUNT = StreamName.of("account-7");

  @TempDir private Path directory;
  private TestShell shell;
  private LocalEventStore source;
  private LeftfoldServer server;

  @BeforeEach
  void serve() {
    shell = new TestShell(directory);
    source =
        LocalEventStore.open(
            directory.resolve("source"),
            EngineOptions.defaults().withClock(Clock.fixed(JULY, ZoneOffset.UTC)));
    server = LeftfoldServer.start(source, ServerOptions.insecure().withAddress("127.0.0.1", 0));
  }

  @AfterEach
  void close() {
    server.close();
    source.close();
  }

  @Test
  void everything_keeps_its_stream_revision_id_and_time() {
    fill(new Random(11), 2000);
    source.writeMetadata(ACCOUNT, ExpectedState.any(), StreamMetadata.none().withMaxCount(5));
    source.delete(StreamName.of("stream-1"), ExpectedState.any());
    source.append(StreamName.of("stream-1"), ExpectedState.any(), event("Again"));
    source.tombstone(StreamName.of("stream-2"), ExpectedState.any());
    source.append(StreamName.of("links"), ExpectedState.any(), ProposedEvent.link(ACCOUNT, 3));

    var result = shell.run("import", url(), "--data", "copy");

    assertThat(result.err()).isEmpty();
    assertThat(result.code()).isZero();
    assertThat(result.out()).contains("all the same");
    try (var copy = LocalEventStore.open(directory.resolve("copy"))) {
      assertThat(facts(copy)).isEqualTo(facts(source));
      for (var stream : List.of(ACCOUNT, StreamName.of("stream-1"), StreamName.of("stream-3"))) {
        assertThat(copy.metadata(stream).metadata()).isEqualTo(source.metadata(stream).metadata());
        assertThat(copy.state(stream)).isEqualTo(source.state(stream));
      }
      assertThat(copy.state(StreamName.of("stream-2"))).isEqualTo(new StreamState.Tombstoned());
      assertThat(copy.positionAt(JULY.plusSeconds(1))).isGreaterThan(2000);
      assertThat(copy.positionAt(JULY)).isLessThanOrEqualTo(1);
    }
  }

  @Test
  void events_are_tagged_as_their_metadata_says() {
    source.append(
        ACCOUNT,
        ExpectedState.any(),
        event("Opened").withMetadata("{\"$tags\":[\"owner:7\",\"new\"]}"),
        event("Closed").withMetadata("{\"$tags\":7}"));

    var result = shell.run("import", url(), "--data", "copy", "--json");

    assertThat(result.out()).contains("\"copied\":2").contains("\"untagged\":1");
    try (var copy = LocalEventStore.open(directory.resolve("copy"));
        var read = copy.read(Query.of(Query.tagged(Tag.of("owner:7"))), ReadOptions.forwards())) {
      assertThat(read.events()).extracting(RecordedEvent::type).containsExactly("Opened");
    }
  }

  @Test
  void what_was_recorded_since_comes_with_the_next_import_and_nothing_twice() {
    fill(new Random(12), 300);
    assertThat(shell.run("import", url(), "--data", "copy").code()).isZero();
    fill(new Random(13), 200);

    var result = shell.run("import", url(), "--data", "copy", "--json");

    assertThat(result.out()).contains("\"copied\":200").contains("\"compared\":500");
    try (var copy = LocalEventStore.open(directory.resolve("copy"))) {
      assertThat(facts(copy)).isEqualTo(facts(source));
    }
  }

  @Test
  void an_import_that_was_ended_anywhere_goes_on_there() {
    fill(new Random(14), 1000);
    for (var end = 1; end < 1000; end += 173) {
      interrupted(end);
    }

    var result = shell.run("import", url(), "--data", "copy");

    assertThat(result.code()).isZero();
    try (var copy = LocalEventStore.open(directory.resolve("copy"))) {
      assertThat(facts(copy)).isEqualTo(facts(source));
    }
  }

  /// Copies so many events, and loses what it would have recorded of that.
  private void interrupted(int events) {
    var clock = new SourceClock();
    try (var from = KurrentSource.connect(ConnectionString.parse(url()));
        var copy =
            LocalEventStore.open(
                directory.resolve("copy"), EngineOptions.defaults().withClock(clock))) {
      var left = new AtomicInteger(events);
      new KurrentImport(copy, clock, "elsewhere " + events)
          .run(from, _ -> {}, () -> left.getAndDecrement() == 0);
    }
  }

  @Test
  void what_the_source_has_forgotten_is_stood_for_so_that_revisions_stay()
      throws InterruptedException {
    source.writeMetadata(ACCOUNT, ExpectedState.any(), StreamMetadata.none().withMaxCount(2));
    for (var i = 0; i < 10; i++) {
      source.append(ACCOUNT, ExpectedState.any(), event("Deposited" + i));
    }
    source.close();
    server.close();
    scavengeAll();

    var result = shell.run("import", url(), "--data", "copy");

    assertThat(result.err()).isEmpty();
    assertThat(result.code()).isZero();
    try (var copy = LocalEventStore.open(directory.resolve("copy"))) {
      assertThat(copy.read(ACCOUNT, ReadOptions.forwards()).events())
          .extracting(event -> event.revision() + event.type())
          .containsExactly("8Deposited8", "9Deposited9");
    }
  }

  /// Chunks of a mebibyte are sealed by what follows, and scavenged.
  private void scavengeAll() throws InterruptedException {
    source =
        LocalEventStore.open(
            directory.resolve("source"), EngineOptions.defaults().withChunkBytesMax(1 << 20));
    var filling = ProposedEvent.binary("Filled", new byte[400_000]);
    for (var i = 0; i < 8; i++) {
      source.append(
          StreamName.of("filling"), ExpectedState.any(), filling.withId(new java.util.UUID(7, i)));
    }
    source.scavenge(ScavengeOptions.defaults()).await();
    server = LeftfoldServer.start(source, ServerOptions.insecure().withAddress("127.0.0.1", 0));
  }

  @Test
  void a_copy_that_somebody_has_written_to_is_refused() {
    fill(new Random(15), 10);
    source.append(ACCOUNT, ExpectedState.any(), event("Opened"));
    try (var copy = LocalEventStore.open(directory.resolve("copy"))) {
      copy.append(ACCOUNT, ExpectedState.any(), event("Foreign"));
    }

    var result = shell.run("import", url(), "--data", "copy");

    assertThat(result.code()).isEqualTo(ExitCode.FAILED);
    assertThat(result.err())
        .contains("account-7")
        .contains("revision 0")
        .contains("directory of its own");
  }

  @Test
  void a_copy_that_differs_is_found_out() {
    fill(new Random(16), 50);
    assertThat(shell.run("import", url(), "--data", "copy", "--no-verify").code()).isZero();
    source.append(StreamName.of("later"), ExpectedState.any(), event("Later"));
    try (var copy = LocalEventStore.open(directory.resolve("copy"))) {
      copy.append(StreamName.of("later"), ExpectedState.any(), event("Foreign"));
    }

    var result = shell.run("import", url(), "--data", "copy");

    assertThat(result.code()).isEqualTo(ExitCode.FAILED);
    assertThat(result.err()).contains("later");
  }

  @Test
  void a_server_with_users_is_copied_by_who_may_read_everything_of_it() {
    fill(new Random(17), 100);
    var certificates = new Certificates.Made(directory.resolve("tls"), List.of());
    var users = Authentication.defaults().withPasswordRounds(1000);
    try (var secured =
        LeftfoldServer.start(
            source,
            ServerOptions.insecure()
                .withAddress("127.0.0.1", 0)
                .withSecurity(Security.tls(users, certificates)))) {
      var place =
          "localhost:%d?tlsCaFile=%s"
              .formatted(secured.port(), directory.resolve("tls").resolve("ca.crt"));

      var stranger = shell.run("import", "kurrentdb://" + place, "--data", "copy");
      assertThat(stranger.code()).isEqualTo(ExitCode.FAILED);
      assertThat(stranger.err()).contains("has not the right");

      var result = shell.run("import", "kurrentdb://admin:changeit@" + place, "--data", "copy");
      assertThat(result.err()).isEmpty();
      assertThat(result.code()).isZero();
    }
    try (var copy = LocalEventStore.open(directory.resolve("copy"))) {
      assertThat(facts(copy)).isEqualTo(facts(source));
    }
  }

  @Test
  void what_is_followed_comes_as_it_is_recorded_also_when_the_server_was_away() throws Exception {
    fill(new Random(18), 100);
    var stop = new Stop();
    var port = server.port();
    try (var threads = Executors.newSingleThreadExecutor()) {
      var following =
          threads.submit(() ->
              shell.runWith(
                  new byte[0],
                  stop,
                  "import",
                  url(port) + "&defaultDeadline=500",
                  "--data",
                  "copy",
                  "--follow",
                  "--source-name",
                  "there"));
      server.close();
      fill(new Random(19), 100);
      server =
          LeftfoldServer.start(source, ServerOptions.insecure().withAddress("127.0.0.1", port));
      // The copy cannot be opened while it is written; the server sees who reads from it.
      fill(new Random(20), 100);
      while (server.connections() == 0 && !following.isDone()) {
        LockSupport.parkNanos(10_000_000);
      }
      stop.request();

      var result = following.get();
      assertThat(result.code()).as(result.err()).isZero();
    }
    assertThat(shell.run("import", url(), "--data", "copy", "--source-name", "there").code())
        .isZero();
    try (var copy = LocalEventStore.open(directory.resolve("copy"))) {
      assertThat(facts(copy)).isEqualTo(facts(source));
    }
  }

  @Test
  void a_server_that_is_not_there_is_named() {
    var port = server.port();
    server.close();

    var result = shell.run("import", url(port) + "&defaultDeadline=200", "--data", "copy");

    assertThat(result.code()).isEqualTo(ExitCode.UNAVAILABLE);
    assertThat(result.err()).contains("127.0.0.1:" + port);
  }

  private String url() {
    return url(server.port());
  }

  private static String url(int port) {
    return "kurrentdb://127.0.0.1:%d?tls=false".formatted(port);
  }

  private static ProposedEvent event(String type) {
    return ProposedEvent.json(type, "{\"a\":1}").withMetadata("{\"b\":2}");
  }

  private void fill(Random random, int events) {
    for (var i = 0; i < events; i++) {
      var stream =
          random.nextInt(10) == 0 ? ACCOUNT : StreamName.of("stream-" + random.nextInt(30));
      source.append(stream, ExpectedState.any(), event("Happened" + random.nextInt(5)));
    }
  }

  /// What is to be the same: all that is recorded but for the position, and but for what each store
  /// notes for itself (a stream that is revived gets metadata from the store).
  private static List<String> facts(LocalEventStore store) {
    try (var all = store.readAll(ReadOptions.forwards())) {
      return all.events().stream()
          .filter(event -> !event.stream().value().startsWith("$genesis"))
          .filter(event -> !event.stream().value().startsWith("$tracking"))
          .filter(event -> !event.stream().isMetastream())
          .map(ImportKurrentCommandTest::fact)
          .toList();
    }
  }

  private static String fact(RecordedEvent event) {
    return "%s %d %s %s %s %s %s"
        .formatted(
            event.stream(),
            event.revision(),
            event.type().equals(RecordedEvent.TOMBSTONE_TYPE) ? "" : event.id(),
            event.type(),
            event.recorded(),
            event.dataAsText(),
            event.metadataAsText());
  }
}
