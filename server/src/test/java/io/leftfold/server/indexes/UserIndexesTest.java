// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.indexes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.leftfold.api.EventStore;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.ForwardingEventStore;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.ResolvedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.api.StreamState;
import io.leftfold.api.SubscribeOptions;
import io.leftfold.api.SubscriptionMessage;
import io.leftfold.engine.EngineOptions;
import io.leftfold.engine.LocalEventStore;
import io.leftfold.engine.ScavengeOptions;
import io.leftfold.projections.EventSelector;
import io.leftfold.projections.ProjectionLimits;
import io.leftfold.projections.ProjectionRuntime;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Indexes with pages of eight entries, so that everything crosses their borders.
final class UserIndexesTest {

  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private static final IndexLimits LIMITS =
      IndexLimits.DEFAULT
          .withPages(8, 50)
          .withScripts(
              ProjectionLimits.DEFAULT
                  .withTimes(Duration.ofSeconds(10), Duration.ofMillis(400))
                  .withAllocatedBytes(64 << 20));

  private LocalEventStore store = LocalEventStore.inMemory();
  private UserIndexes indexes = open(store);

  @AfterEach
  void close() {
    indexes.close();
    store.close();
  }

  private static UserIndexes open(EventStore store) {
    var indexes =
        new UserIndexes(
            store,
            ProjectionRuntime::open,
            LIMITS,
            Clock.systemUTC(),
            Thread.ofPlatform().daemon().factory());
    indexes.begin();
    return indexes;
  }

  // ---- what is there

  private static IndexDefinition orders(String filter) {
    return new IndexDefinition(
        "orders",
        filter,
        List.of(
            new IndexField("country", "rec => rec.value.country", EventSelector.Type.STRING, false),
            new IndexField("n", "rec => rec.value.n", EventSelector.Type.INT_32, true)));
  }

  private static final String ODD = "rec => rec.schema.name === 'Ordered' && rec.value.n % 2 === 1";

  private static String country(int n) {
    return n % 3 == 0 ? "Chad" : n % 3 == 1 ? "Mauri\"tius; \\ it=s" : "Peru";
  }

  private void order(int from, int to) {
    order(store, from, to);
  }

  private static void order(EventStore store, int from, int to) {
    for (var n = from; n < to; n++) {
      var json =
          "{\"n\":%d,\"country\":\"%s\"}"
              .formatted(n, country(n).replace("\\", "\\\\").replace("\"", "\\\""));
      store.append(
          StreamName.of("order-" + n % 4),
          ExpectedState.any(),
          ProposedEvent.json("Ordered", json));
    }
  }

  /// What the index has, by a filter in Java over all events.
  private List<Long> all(Predicate<RecordedEvent> wanted) {
    return store.readAll(ReadOptions.forwards()).events().stream()
        .filter(event -> event.type().equals("Ordered"))
        .filter(wanted)
        .map(RecordedEvent::position)
        .toList();
  }

  private static int n(RecordedEvent event) {
    return Integer.parseInt(event.dataAsText().replaceAll("\\D*(\\d+).*", "$1"));
  }

  private List<Long> odd() {
    return all(event -> n(event) % 2 == 1);
  }

  private List<Long> read(String asked, ReadOptions options) {
    return indexes.read("$idx-user-" + asked, options).events().stream()
        .map(RecordedEvent::position)
        .toList();
  }

  private List<Long> read(String asked) {
    return read(asked, ReadOptions.forwards());
  }

  private static void await(String what, BooleanSupplier condition) {
    var end = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("Waited for: " + what);
      }
      java.util.concurrent.locks.LockSupport.parkNanos(1_000_000);
    }
  }

  private void awaitIndexed() {
    var end = store.lastPosition().orElse(-1L);
    await("all is indexed", () -> indexes.get("orders").indexed() > end);
  }

  private long pages() {
    return store.readAll(ReadOptions.forwards()).events().stream()
        .filter(event -> event.type().equals("$IndexPage"))
        .count();
  }

  private static List<Long> reversed(List<Long> positions) {
    var reversed = new ArrayList<>(positions);
    Collections.reverse(reversed);
    return reversed;
  }

  // ---- reading

  @Test
  void an_index_has_what_its_filter_wants_in_both_directions_across_pages() {
    order(0, 60);
    indexes.create(orders(ODD), true);
    order(60, 125);
    awaitIndexed();

    assertThat(pages()).isGreaterThan(5);
    assertThat(read("orders")).hasSize(62).isEqualTo(odd());
    assertThat(read("orders", ReadOptions.backwards())).isEqualTo(reversed(odd()));
    for (var from = 0L; from < 140; from++) {
      var place = from;
      assertThat(read("orders", ReadOptions.forwards().from(from).limit(11)))
          .isEqualTo(odd().stream().filter(at -> at >= place).limit(11).toList());
      assertThat(read("orders", ReadOptions.backwards().from(from).limit(11)))
          .isEqualTo(reversed(odd()).stream().filter(at -> at < place).limit(11).toList());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          country="Chad"                          | 21
          country=Chad                            | 21
          country="Mauri\\"tius; \\\\ it=s"       | 21
          country="chad"                          | 0
          n=9                                     | 1
          n=9;country="Chad"                      | 1
          country=Chad;n=9;                       | 1
          n=9;country="Peru"                      | 0
          n=4                                     | 0
          """)
  void a_lookup_finds_events_whose_fields_have_all_the_values(String lookup, int count) {
    order(0, 125);
    indexes.create(orders(ODD), true);
    awaitIndexed();

    assertThat(read("orders:" + lookup)).hasSize(count);
    assertThat(read("orders:" + lookup, ReadOptions.backwards()))
        .isEqualTo(reversed(read("orders:" + lookup)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          colour=red        | no field "colour"
          n=red             | n is a whole number of 32 bits, got "red"
          n=3000000000      | n is a whole number of 32 bits
          n=1;n=1           | n twice
          Chad              | it has 2 fields
          country="Chad     | ends with a quote
          country="Ch"ad    | Behind a value in quotes
          country=a\\"b     | quotes stand around all of it
          n=1;rest          | <field>=<value>
          """)
  void a_lookup_that_makes_no_sense_says_what_does_not(String lookup, String why) {
    indexes.create(orders(ODD), true);

    assertThatThrownBy(() -> read("orders:" + lookup))
        .isInstanceOf(InvalidIndexException.class)
        .hasMessageContaining(why);
  }

  @Test
  void the_one_field_of_an_index_may_be_left_out() {
    order(0, 20);
    var field = new IndexField("half", "rec => rec.value.n / 2", EventSelector.Type.DOUBLE, false);
    indexes.create(new IndexDefinition("orders", "", List.of(field)), true);
    awaitIndexed();

    assertThat(read("orders:3.50")).hasSize(1).isEqualTo(all(event -> n(event) == 7));
    assertThat(read("orders:half=0.0")).isEqualTo(all(event -> n(event) == 0));
    assertThatThrownBy(() -> read("orders:NaN")).hasMessageContaining("half is a number");
  }

  @Test
  void what_is_hidden_is_given_and_what_was_scavenged_is_passed_over() throws Exception {
    indexes.close();
    store.close();
    store = LocalEventStore.inMemory(EngineOptions.defaults().withChunkBytesMax(4096));
    indexes = open(store);
    indexes.create(orders(ODD), true);
    order(0, 125);
    awaitIndexed();
    var deleted = store.delete(StreamName.of("order-1"), ExpectedState.any());
    assertThat(deleted).isPositive();
    awaitIndexed();
    assertThat(read("orders")).isEqualTo(odd()).hasSize(62);
    order(125, 180);
    awaitIndexed();

    var scavenged = store.scavenge(ScavengeOptions.defaults()).await();

    assertThat(scavenged.eventsForgotten()).isGreaterThan(20);
    assertThat(read("orders")).isEqualTo(odd()).hasSizeLessThan(70);
    assertThat(read("orders", ReadOptions.backwards())).isEqualTo(reversed(odd()));
    var subscription = indexes.subscribe("$idx-user-orders", SubscribeOptions.fromBeginning());
    assertThat(positions(take(subscription, count -> count == odd().size()))).isEqualTo(odd());
  }

  // ---- following

  private List<SubscriptionMessage> take(IndexSubscription subscription, Predicate<Long> until) {
    return take(subscription, until, false);
  }

  private List<SubscriptionMessage> take(
      IndexSubscription subscription, Predicate<Long> until, boolean isLive) {
    var messages = new ArrayList<SubscriptionMessage>();
    var end = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() < end) {
      var message = subscription.poll();
      if (message.isEmpty()) {
        var hasCaughtUp =
            messages.stream().anyMatch(SubscriptionMessage.CaughtUp.class::isInstance);
        if ((isLive || hasCaughtUp) && until.test((long) positions(messages).size())) {
          return messages;
        }
        var news = new CompletableFuture<Boolean>();
        subscription.onAvailable(() -> news.complete(true));
        try {
          news.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (Exception e) {
          throw new AssertionError("Nothing more after " + messages, e);
        }
      }
      message.ifPresent(messages::add);
    }
    throw new AssertionError("It did not come to that: " + messages);
  }

  private static List<Long> positions(List<SubscriptionMessage> messages) {
    return messages.stream()
        .filter(SubscriptionMessage.Event.class::isInstance)
        .map(SubscriptionMessage.Event.class::cast)
        .map(SubscriptionMessage.Event::event)
        .map(ResolvedEvent::original)
        .map(RecordedEvent::position)
        .toList();
  }

  private static List<Long> checkpoints(List<SubscriptionMessage> messages) {
    return messages.stream()
        .filter(SubscriptionMessage.Checkpoint.class::isInstance)
        .map(SubscriptionMessage.Checkpoint.class::cast)
        .map(SubscriptionMessage.Checkpoint::position)
        .toList();
  }

  @Test
  void a_subscription_gives_each_event_once_in_order_while_a_writer_appends() {
    order(0, 100);
    indexes.create(orders(ODD), true);
    var all = indexes.subscribe("$idx-user-orders", SubscribeOptions.fromBeginning());
    var some =
        indexes.subscribe(
            "$idx-user-orders:country=Chad", SubscribeOptions.fromBeginning().checkpointEvery(10));
    var writer = CompletableFuture.runAsync(() -> order(100, 700));

    var given = take(all, count -> count == 350);
    var found = take(some, count -> count == 117);
    writer.join();

    assertThat(positions(given)).isEqualTo(odd());
    assertThat(positions(found)).isEqualTo(all(event -> n(event) % 2 == 1 && n(event) % 3 == 0));
    assertThat(given.stream().filter(SubscriptionMessage.CaughtUp.class::isInstance)).hasSize(1);
    assertThat(checkpoints(found)).isSorted().doesNotHaveDuplicates().hasSizeGreaterThan(60);
    assertThat(checkpoints(given)).isEmpty();
  }

  @Test
  void a_subscription_goes_on_behind_a_position_and_begins_at_the_end() {
    order(0, 40);
    indexes.create(orders(ODD), true);
    awaitIndexed();
    var last = odd().get(9);
    var behind = indexes.subscribe("$idx-user-orders", SubscribeOptions.after(last));
    var atEnd = indexes.subscribe("$idx-user-orders", SubscribeOptions.fromEnd());
    order(40, 50);

    assertThat(positions(take(behind, count -> count == 15))).isEqualTo(odd().subList(10, 25));
    assertThat(positions(take(atEnd, count -> count == 5))).isEqualTo(odd().subList(20, 25));
  }

  @Test
  void a_subscription_has_caught_up_when_the_index_has_or_is_stopped() {
    order(0, 20);
    indexes.create(orders(ODD), false);
    var subscription = indexes.subscribe("$idx-user-orders", SubscribeOptions.fromBeginning());

    assertThat(subscription.poll()).get().isInstanceOf(SubscriptionMessage.CaughtUp.class);
    indexes.start("orders");

    assertThat(positions(take(subscription, count -> count == 10, true))).isEqualTo(odd());
  }

  @Test
  void the_subscriptions_of_a_deleted_index_end() {
    order(0, 20);
    indexes.create(orders(ODD), true);
    var subscription = indexes.subscribe("$idx-user-orders", SubscribeOptions.fromBeginning());
    take(subscription, count -> count == 10);
    var news = new CompletableFuture<Boolean>();
    subscription.onAvailable(() -> news.complete(true));

    indexes.delete("orders");

    assertThat(news).succeedsWithin(PATIENCE);
    assertThatThrownBy(subscription::poll).isInstanceOf(IndexNotFoundException.class);
  }

  // ---- ending and beginning again

  @Test
  void after_a_restart_no_entry_is_there_twice_or_lacks(@TempDir Path directory) {
    store.close();
    store = LocalEventStore.open(directory);
    indexes.close();
    indexes = open(store);
    indexes.create(orders(ODD), true);
    for (var round = 0; round < 6; round++) {
      order(round * 21, round * 21 + 21);
      if (round % 2 == 0) {
        awaitIndexed();
      }
      indexes.close();
      store.close();
      store = LocalEventStore.open(directory);
      indexes = open(store);
    }
    awaitIndexed();

    assertThat(read("orders")).hasSize(63).isEqualTo(odd());
    assertThat(read("orders", ReadOptions.backwards())).isEqualTo(reversed(odd()));
    assertThat(read("orders:country=Peru"))
        .isEqualTo(all(event -> n(event) % 2 == 1 && n(event) % 3 == 2));
  }

  /// A store that dies behind an append, so that whoever appended does not hear of it.
  private static final class DyingStore extends ForwardingEventStore {
    private int appends;

    DyingStore(EventStore store, int appends) {
      super(store);
      this.appends = appends;
    }

    @Override
    public io.leftfold.api.AppendResult append(io.leftfold.api.Commit commit) {
      var isPage = commit.parts().getFirst().events().getFirst().type().equals("$IndexPage");
      var result = super.append(commit);
      if (isPage && --appends == 0) {
        throw new io.leftfold.api.UnavailableException(
            io.leftfold.api.UnavailableException.Reason.CLOSED, "It died");
      }
      return result;
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5})
  void a_death_between_a_page_and_its_answer_loses_and_repeats_nothing(int appends) {
    indexes.create(orders(ODD), true);
    awaitIndexed();
    indexes.close();
    order(0, 125);
    indexes = open(new DyingStore(store, appends));
    await("it died", () -> pages() >= appends);
    indexes.close();

    indexes = open(store);
    awaitIndexed();

    assertThat(read("orders")).hasSize(62).isEqualTo(odd());
  }

  /// A store that has no room for a page until it is let.
  private static final class BusyStore extends ForwardingEventStore {
    private volatile boolean isBusy = true;
    private final AtomicInteger refused = new AtomicInteger();

    BusyStore(EventStore store) {
      super(store);
    }

    @Override
    public io.leftfold.api.AppendResult append(io.leftfold.api.Commit commit) {
      var isPage = commit.parts().getFirst().events().getFirst().type().equals("$IndexPage");
      if (isPage && isBusy) {
        refused.incrementAndGet();
        throw new io.leftfold.api.UnavailableException(
            io.leftfold.api.UnavailableException.Reason.TOO_BUSY, "There is no room");
      }
      return super.append(commit);
    }
  }

  @Test
  void a_store_that_is_busy_for_a_while_stops_no_index() {
    indexes.create(orders(ODD), true);
    awaitIndexed();
    indexes.close();
    var busy = new BusyStore(store);
    indexes = open(busy);
    order(0, 63);
    await("refused", () -> busy.refused.get() > 0);
    busy.isBusy = false;
    awaitIndexed();

    assertThat(read("orders")).hasSize(31).isEqualTo(odd());
    assertThat(pages()).isPositive();
    assertThat(indexes.get("orders").started()).isTrue();
  }

  @Test
  void nothing_is_written_behind_a_close() {
    indexes.create(orders(ODD), true);
    order(0, 20);
    awaitIndexed();
    indexes.close();
    var last = store.lastPosition();

    order(20, 30);

    assertThat(store.lastPosition()).contains(last.orElseThrow() + 10);
    assertThatThrownBy(() -> indexes.list())
        .isInstanceOf(io.leftfold.api.UnavailableException.class);
  }

  // ---- lives

  @Test
  void a_stopped_index_answers_what_it_has_even_after_a_restart_and_goes_on_when_started() {
    order(0, 30);
    indexes.create(orders(ODD), true);
    awaitIndexed();
    indexes.stop("orders");
    var had = odd();
    order(30, 60);

    assertThat(read("orders")).isEqualTo(had).hasSize(15);
    indexes.close();
    indexes = open(store);
    assertThat(indexes.get("orders").started()).isFalse();
    assertThat(read("orders")).isEqualTo(had);

    indexes.start("orders");
    awaitIndexed();
    assertThat(read("orders")).isEqualTo(odd()).hasSize(30);
  }

  @Test
  void an_index_under_the_name_of_a_deleted_one_has_nothing_of_it() {
    order(0, 40);
    indexes.create(orders(ODD), true);
    awaitIndexed();
    indexes.delete("orders");
    indexes.delete("orders");

    assertThat(indexes.list()).isEmpty();
    assertThatThrownBy(() -> indexes.get("orders")).isInstanceOf(IndexNotFoundException.class);
    assertThatThrownBy(() -> indexes.start("orders")).isInstanceOf(IndexNotFoundException.class);
    assertThatThrownBy(() -> read("orders")).isInstanceOf(IndexNotFoundException.class);
    assertThat(store.state(IndexStreams.pages("orders", 0)))
        .isEqualTo(new StreamState.Tombstoned());

    var even = "rec => rec.schema.name === 'Ordered' && rec.value.n % 2 === 0";
    indexes.create(orders(even), true);
    awaitIndexed();
    assertThat(read("orders")).isEqualTo(all(event -> n(event) % 2 == 0));
    indexes.close();
    indexes = open(store);
    assertThat(read("orders", ReadOptions.forwards().limit(16))).hasSize(16);
    awaitIndexed();
    assertThat(read("orders")).isEqualTo(all(event -> n(event) % 2 == 0));
  }

  @Test
  void what_a_death_left_of_a_deletion_is_swept_at_the_next_start() {
    order(0, 40);
    indexes.create(orders(ODD), true);
    awaitIndexed();
    indexes.close();
    store.append(
        IndexStreams.life("orders"),
        ExpectedState.any(),
        IndexEvents.deleted("orders", Clock.systemUTC().instant()));

    indexes = open(store);

    assertThat(store.state(IndexStreams.pages("orders", 0)))
        .isEqualTo(new StreamState.Tombstoned());
    assertThat(indexes.list()).isEmpty();
  }

  @Test
  void to_create_the_same_again_is_nothing_and_something_else_is_refused() {
    indexes.create(orders(ODD), false);
    var last = store.lastPosition();

    indexes.create(orders(ODD), false);
    assertThatThrownBy(() -> indexes.create(orders("rec => true"), false))
        .isInstanceOf(IndexExistsException.class)
        .hasMessage("Index 'orders' already exists");

    assertThat(store.lastPosition()).isEqualTo(last);
    assertThat(indexes.get("orders").definition()).isEqualTo(orders(ODD));
  }

  @Test
  void starting_and_stopping_again_is_nothing() {
    indexes.create(orders(ODD), true);
    indexes.start("orders");
    indexes.stop("orders");
    var last = store.lastPosition();
    indexes.stop("orders");

    assertThat(store.lastPosition()).isEqualTo(last);
  }

  // ---- scripts

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          rec => { if (rec.value.n === 13) while (true); return true }                                 | processor time
          rec => { const a = []; while (rec.value.n === 13) a.push(new Uint8Array(1 << 20)); return true } | memory
          """)
  void a_script_that_takes_more_than_it_may_stops_its_index_alone(String filter, String why) {
    indexes.create(orders(filter), true);
    indexes.create(new IndexDefinition("other", ODD, List.of()), true);
    order(0, 30);

    await("it is stopped", () -> !indexes.get("orders").started());
    await("the other goes on", () -> read("other").size() == 15);

    assertThat(read("orders")).isEqualTo(all(event -> n(event) < 13));
    assertThat(lastOf(IndexStreams.life("orders")))
        .satisfies(
            event -> assertThat(event.type()).isEqualTo("$IndexStopped"),
            event -> assertThat(event.dataAsText()).contains(why));
  }

  private RecordedEvent lastOf(StreamName stream) {
    return store.read(stream, ReadOptions.backwards().limit(1)).events().getFirst();
  }

  @Test
  void events_that_cannot_be_judged_are_left_out_and_counted() {
    indexes.create(orders("rec => rec.value.n % 2 === 1 || rec.value.a.b"), true);
    order(0, 30);
    store.append(
        StreamName.of("bytes-1"), ExpectedState.any(), ProposedEvent.binary("Sent", new byte[9]));
    awaitIndexed();

    assertThat(read("orders")).isEqualTo(odd());
    assertThat(indexes.get("orders").failed()).isEqualTo(16);
    assertThat(indexes.get("orders").started()).isTrue();
  }

  @Test
  void an_index_without_a_match_keeps_how_far_it_is() {
    indexes.create(orders("rec => false"), true);
    order(0, 200);
    awaitIndexed();

    assertThat(pages()).isBetween(3L, 5L);
    assertThat(read("orders")).isEmpty();
  }

  @Test
  void the_stores_own_events_are_in_no_index() {
    store.append(StreamName.of("$mine"), ExpectedState.any(), ProposedEvent.json("Ordered", "{}"));
    store.append(StreamName.of("mine"), ExpectedState.any(), ProposedEvent.json("$ordered", "{}"));
    order(0, 3);
    var field = new IndexField("number", "rec => rec.sequence", EventSelector.Type.INT_64, false);
    indexes.create(new IndexDefinition("orders", "rec => true", List.of(field)), true);
    awaitIndexed();

    assertThat(read("orders")).isEqualTo(all(_ -> true).stream().filter(at -> at > 2).toList());
    assertThat(read("orders:3")).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          rec => rec.a ==> 1 | rec => 1       | filter             | Filter must be empty or a valid JavaScript function with exactly one argument, rec => …, but filter, line 1, column
          rec => true        | foo            | fields[0].selector | Field selector must be a valid JavaScript function with exactly one argument, rec => …, but of it field it, line 1, column 1
          rec => true        | (a, b) => 1    | fields[0].selector | it has 2 parameters
          """)
  void scripts_are_refused_with_their_place(
      String filter, String selector, String field, String why) {
    var definition =
        new IndexDefinition(
            "orders",
            filter,
            List.of(new IndexField("it", selector, EventSelector.Type.INT_32, false)));

    assertThatThrownBy(() -> indexes.create(definition, true))
        .isInstanceOfSatisfying(
            InvalidIndexException.class, e -> assertThat(e.field()).isEqualTo(field))
        .hasMessageContaining(why);
    assertThat(indexes.list()).isEmpty();
  }

  @Test
  void names_and_fields_are_bounded() {
    for (var name : List.of("", "UPPER", "with space", "ä", "a:b", "a".repeat(1001))) {
      assertThatThrownBy(() -> new IndexDefinition(name, "rec => true", List.of()))
          .hasMessageStartingWith(
              "Name can contain only lowercase alphanumeric characters, underscores and dashes");
    }
    assertThatThrownBy(() -> new IndexDefinition("a", " ", List.of()))
        .hasMessageContaining("At least a filter or a field");
    assertThatThrownBy(() -> new IndexDefinition("a", "", fields(65)))
        .hasMessageContaining("at most 64 fields, got 65");
    assertThatThrownBy(() -> new IndexDefinition("a", "", List.of(field("x"), field("x"))))
        .hasMessageContaining("unique");
  }

  private static List<IndexField> fields(int count) {
    return IntStream.range(0, count).mapToObj(i -> field("f" + i)).toList();
  }

  private static IndexField field(String name) {
    return new IndexField(name, "rec => 1", EventSelector.Type.INT_32, false);
  }

  @Test
  void a_page_that_somebody_else_wrote_is_not_believed() {
    order(0, 40);
    indexes.create(orders(ODD), true);
    awaitIndexed();
    indexes.stop("orders");
    indexes.close();
    store.append(
        IndexStreams.pages("orders", 0), ExpectedState.any(), ProposedEvent.json("Forged", "{}"));

    indexes = open(store);

    assertThat(Optional.of(indexes.list())).contains(List.of());
    indexes.delete("orders");
    indexes.create(orders(ODD), true);
    awaitIndexed();
    assertThat(read("orders")).isEqualTo(odd());
  }
}
