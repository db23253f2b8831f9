// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.http.atom;

import static io.leftfold.server.http.atom.AtomServer.entries;
import static io.leftfold.server.http.atom.AtomServer.links;
import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.api.ExpectedState;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.StreamName;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Whoever follows the links of feeds sees each event once, while others append.
@Timeout(120)
final class AtomWalkTest {

  private static final int EVENTS = 20_000;

  /// Appends until it is told to stop.
  private static Thread writer(AtomServer server, String stream, AtomicBoolean stop) {
    return Thread.ofVirtual()
        .start(() -> {
          while (!stop.get()) {
            server.append(stream, 7);
          }
        });
  }

  private static List<Long> numbers(io.vertx.core.json.JsonObject feed, String member) {
    return entries(feed).stream().map(entry -> entry.getLong(member)).toList();
  }

  @Test
  void from_the_newest_to_the_first_while_others_append() throws Exception {
    try (var server = new AtomServer()) {
      for (var i = 0; i < EVENTS / 1000; i++) {
        server.append("walk-1", 1000);
      }
      var stop = new AtomicBoolean();
      var writer = writer(server, "walk-1", stop);
      var seen = new ArrayList<Long>();

      var next = "/streams/walk-1/head/backward/500?embed=rich";
      while (next != null) {
        var feed = server.feed(next);
        seen.addAll(numbers(feed, "eventNumber"));
        var link = links(feed).get("next");
        next = link == null ? null : link + "?embed=rich";
      }

      stop.set(true);
      writer.join();
      assertThat(seen.getFirst()).isGreaterThanOrEqualTo(EVENTS - 1);
      assertThat(seen)
          .containsExactlyElementsOf(
              LongStream.rangeClosed(0, seen.getFirst())
                  .map(i -> seen.getFirst() - i)
                  .boxed()
                  .toList());
    }
  }

  @Test
  void from_the_first_to_the_newest_and_on_with_those_that_come() throws Exception {
    try (var server = new AtomServer()) {
      server.append("walk-2", 5_000);
      var stop = new AtomicBoolean();
      var writer = writer(server, "walk-2", stop);
      var seen = 0L;
      var url = AtomServer.link(server.feed("/streams/walk-2/head/backward/300"), "last");

      while (seen < 10_000) {
        var feed = server.feed(url + "?embed=rich", "ES-LongPoll", "5");
        for (var number : numbers(feed, "eventNumber").reversed()) {
          assertThat(number).isEqualTo(seen++);
        }
        url = links(feed).getOrDefault("previous", url);
      }

      stop.set(true);
      writer.join();
    }
  }

  @Test
  void all_streams_both_ways_while_others_append() throws Exception {
    try (var server = new AtomServer()) {
      for (var i = 0; i < 40; i++) {
        server.append("all-" + i, 100);
      }
      var stop = new AtomicBoolean();
      var writer = writer(server, "all-0", stop);

      var newest = server.feed("/streams/%24all/head/backward/333");
      var older = new ArrayList<String>(AtomServer.titles(newest));
      for (var next = links(newest).get("next"); next != null; ) {
        var feed = server.feed(next);
        older.addAll(AtomServer.titles(feed));
        next = links(feed).get("next");
      }
      var newer = new ArrayList<String>();
      for (var next = AtomServer.link(newest, "last"); newer.size() < older.size(); ) {
        var feed = server.feed(next);
        newer.addAll(AtomServer.titles(feed).reversed());
        next = AtomServer.link(feed, "previous");
      }

      stop.set(true);
      writer.join();
      assertThat(older).hasSizeGreaterThan(4_000).doesNotHaveDuplicates();
      assertThat(newer.subList(0, older.size())).containsExactlyElementsOf(older.reversed());
    }
  }

  @Test
  void events_by_a_correlation_whose_numbers_have_gaps() {
    try (var server = new AtomServer()) {
      for (var i = 0; i < 90; i++) {
        var event =
            ProposedEvent.json("Tested", "{}")
                .withId(UUID.randomUUID())
                .withMetadata(i % 3 == 0 ? "{\"$correlationId\":\"c\"}" : "{}");
        server.store.append(StreamName.of("gaps-1"), ExpectedState.any(), event);
      }

      var seen = new ArrayList<String>();
      for (var next = "/streams/%24bc-c/head/backward/7"; next != null; ) {
        var feed = server.feed(next);
        seen.addAll(AtomServer.titles(feed));
        next = links(feed).get("next");
      }
      var forwards = new ArrayList<String>();
      for (var next = "/streams/%24bc-c/0/forward/7"; next != null; ) {
        var feed = server.feed(next);
        forwards.addAll(AtomServer.titles(feed).reversed());
        next = links(feed).get("previous");
      }

      assertThat(seen).hasSize(30).doesNotHaveDuplicates().startsWith("87@gaps-1");
      assertThat(forwards).containsExactlyElementsOf(seen.reversed());
    }
  }
}
