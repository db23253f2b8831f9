// SPDX-License-Identifier: Apache-2.0

package io.leftfold.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.api.ContentType;
import io.leftfold.api.EventRead;
import io.leftfold.api.EventSink;
import io.leftfold.api.EventView;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.ResolvedEvent;
import io.leftfold.api.StreamMetadata;
import io.leftfold.api.StreamName;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.ObjIntConsumer;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/// Reads that show events to a sink, without an object for each.
abstract class ShowingContract extends ReadingContract {

  /// Keeps all that it is shown.
  private static final class Kept implements EventSink {
    private final List<ResolvedEvent> events = new ArrayList<>();

    static List<ResolvedEvent> allOf(EventRead read) {
      var kept = new Kept();
      try (read) {
        while (read.next(kept)) {
          // What there was to do, the sink did.
        }
        assertThat(read.next(kept)).as("whether there is something behind the end").isFalse();
      }
      return kept.events;
    }

    @Override
    public void event(EventView event) {
      events.add(ResolvedEvent.plain(event.event()));
    }

    @Override
    public void resolved(ResolvedEvent resolved) {
      assertThat(resolved.link()).as("a link, for events without one are shown").isPresent();
      events.add(resolved);
    }
  }

  @Test
  void what_a_read_shows_is_what_it_gives() {
    var links = StreamName.of("links");
    var category = StreamName.ofCategory("account");
    append(ACCOUNT, "A B C D E");
    append(StreamName.of("account-2"), "F G");
    append(StreamName.of("account-3"), "H I J");
    writeMetadata(StreamName.of("account-3"), StreamMetadata.none().withMaxCount(1));
    store.append(
        links,
        ExpectedState.any(),
        List.of(
            ProposedEvent.link(ACCOUNT, 1),
            event("K"),
            ProposedEvent.link(ACCOUNT, 99),
            ProposedEvent.link(StreamName.of("account-3"), 0)));

    assertShows(() -> store.read(ACCOUNT, FORWARDS), 5);
    assertShows(() -> store.read(ACCOUNT, FORWARDS.from(1).limit(2)), 2);
    assertShows(() -> store.read(ACCOUNT, FORWARDS.limit(0)), 0);
    assertShows(() -> store.read(ACCOUNT, BACKWARDS.from(3)), 4);
    assertShows(() -> store.read(StreamName.of("account-3"), FORWARDS), 1);
    assertShows(() -> store.read(StreamName.of("never-written"), FORWARDS), 0);
    assertShows(() -> store.read(links, FORWARDS), 4);
    assertShows(() -> store.read(links, FORWARDS.resolvingLinks()), 4);
    assertShows(() -> store.read(links, BACKWARDS.resolvingLinks()), 4);
    assertShows(() -> store.read(category, FORWARDS), 10);
    assertShows(() -> store.read(category, FORWARDS.resolvingLinks().from(3)), 7);
    assertShows(() -> store.read(category, BACKWARDS.resolvingLinks().limit(4)), 4);
    assertShows(() -> store.readAll(FORWARDS.limit(7)), 7);
    assertShows(() -> store.readAll(BACKWARDS.resolvingLinks().limit(9)), 9);
  }

  private static void assertShows(Supplier<EventRead> opening, int count) {
    var given = opening.get().toList();
    assertThat(Kept.allOf(opening.get())).isEqualTo(given).hasSize(count);
  }

  @Test
  void an_iterator_goes_on_behind_what_was_shown_and_the_other_way_round() {
    append(ACCOUNT, "A B C D E");
    var kept = new Kept();
    try (var read = store.read(ACCOUNT, FORWARDS)) {
      var events = read.iterator();
      assertThat(read.next(kept)).isTrue();
      assertThat(events.next().original().type()).isEqualTo("B");
      assertThat(events.hasNext()).isTrue();
      assertThat(read.next(kept)).isTrue();
      assertThat(events.next().original().type()).isEqualTo("D");
      assertThat(read.next(kept)).isTrue();
      assertThat(events.hasNext()).isFalse();
      assertThat(read.next(kept)).isFalse();
    }
    assertThat(types(kept.events)).isEqualTo("A C E");
  }

  @Test
  void a_view_has_every_part_of_its_event() {
    var stream = StreamName.of("größe-1");
    store.append(
        stream,
        ExpectedState.any(),
        List.of(
            ProposedEvent.json("Gemäß", "{\"ß\":1}"),
            new ProposedEvent(
                new UUID(-1, Long.MIN_VALUE),
                "Plain",
                ContentType.BINARY,
                new byte[] {0, -1, 1},
                "{\"about\":\"ü\"}".getBytes(UTF_8),
                List.of()),
            new ProposedEvent(
                new UUID(3, 4), "Empty", ContentType.BINARY, new byte[0], new byte[0], List.of())));
    var given = store.read(stream, FORWARDS).events();

    var shown = new ArrayList<RecordedEvent>();
    try (var read = store.read(stream, FORWARDS)) {
      while (read.next(new Assembling(shown))) {
        // What there was to do, the sink did.
      }
    }

    assertThat(shown).hasSize(3).isEqualTo(given);
  }

  /// Puts events together from their parts.
  private record Assembling(List<RecordedEvent> events) implements EventSink {

    @Override
    public void event(EventView event) {
      events.add(
          new RecordedEvent(
              event.position(),
              StreamName.of(new String(part(event.streamLength(), event::copyStream), UTF_8)),
              event.revision(),
              new UUID(event.idHigh(), event.idLow()),
              new String(part(event.typeLength(), event::copyType), UTF_8),
              event.contentType(),
              Instant.EPOCH.plus(event.timeMicros(), ChronoUnit.MICROS),
              part(event.dataLength(), event::copyData),
              part(event.metadataLength(), event::copyMetadata),
              List.of()));
    }

    /// What is copied stands where it was asked for, and touches nothing beside it.
    private static byte[] part(int length, ObjIntConsumer<byte[]> copying) {
      var room = new byte[length + 2];
      room[0] = 7;
      room[length + 1] = 7;
      copying.accept(room, 1);
      assertThat(room).startsWith(7).endsWith(7);
      return java.util.Arrays.copyOfRange(room, 1, length + 1);
    }

    @Override
    public void resolved(ResolvedEvent resolved) {
      throw new AssertionError("There is no link in this stream, but one was given: " + resolved);
    }
  }

  @Test
  void a_read_of_a_closed_store_shows_nothing() {
    append(ACCOUNT, "A B");
    var read = store.read(ACCOUNT, FORWARDS);
    store.close();

    assertClosed(() -> Kept.allOf(read));
  }
}
