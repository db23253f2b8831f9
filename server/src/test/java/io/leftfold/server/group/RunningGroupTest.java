// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.leftfold.api.AppendResult;
import io.leftfold.api.Commit;
import io.leftfold.api.EventFilter;
import io.leftfold.api.EventStore;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.ForwardingEventStore;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.ResolvedEvent;
import io.leftfold.api.StreamMetadata;
import io.leftfold.api.StreamName;
import io.leftfold.api.SubscribeOptions;
import io.leftfold.api.Subscription;
import io.leftfold.api.SubscriptionMessage;
import io.leftfold.api.UnavailableException;
import io.leftfold.testkit.InMemoryEventStore;
import io.leftfold.testkit.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// A group with its threads, over a store that does not always do what it should.
final class RunningGroupTest {

  private static final StreamName STREAM = StreamName.of("counted-1");
  private static final GroupId ID = new GroupId(new GroupSource.OfStream(STREAM), "g");
  private static final UUID STORE = new UUID(1, 1);
  private static final StreamName CONFIGURATION = StreamName.of("$persistentSubscriptionConfig");
  private static final long SECONDS = 20;
  private static final int BUFFER = 10;

  private final ManualClock clock = new ManualClock(Instant.EPOCH);
  private final EventStore model = new InMemoryEventStore();
  private final AtomicInteger failures = new AtomicInteger();
  private final AtomicInteger deaf = new AtomicInteger();
  private final AtomicReference<CountDownLatch> stalled =
      new AtomicReference<>(new CountDownLatch(0));
  private final BlockingQueue<String> warnings = new LinkedBlockingQueue<>();
  private final Groups groups =
      new Groups(
          new Unreliable(model), STORE, clock, UUID::randomUUID, Thread.ofVirtual().factory());

  /// A store whose writes fail and whose subscriptions say nothing, as often as a test wants it.
  private final class Unreliable extends ForwardingEventStore {
    Unreliable(EventStore store) {
      super(store);
    }

    @Override
    public AppendResult append(Commit commit) {
      if (failures.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
        throw new UnavailableException(UnavailableException.Reason.TOO_BUSY, "Not now");
      }
      awaitDisk();
      return super.append(commit);
    }

    @Override
    public AppendResult writeMetadata(
        StreamName stream, ExpectedState expected, StreamMetadata metadata) {
      awaitDisk();
      return super.writeMetadata(stream, expected, metadata);
    }

    private void awaitDisk() {
      try {
        stalled.get().await();
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public Subscription subscribe(StreamName stream, SubscribeOptions options) {
      var isDeaf = deaf.getAndUpdate(left -> Math.max(0, left - 1)) > 0;
      return isDeaf ? new Silent() : super.subscribe(stream, options);
    }
  }

  /// Says nothing until it is closed.
  private static final class Silent implements Subscription {
    private final CompletableFuture<Void> closed = new CompletableFuture<>();

    @Override
    public SubscriptionMessage next() {
      closed.join();
      throw new UnavailableException(UnavailableException.Reason.CLOSED, "Closed");
    }

    @Override
    public Optional<SubscriptionMessage> poll(Duration atMost) {
      return Optional.empty();
    }

    @Override
    public void close() {
      closed.complete(null);
    }
  }

  private record Given(ResolvedEvent event, int retryCount) {}

  private static final class Consuming implements GroupConsumer {
    final CompletableFuture<Connection> connection = new CompletableFuture<>();
    final BlockingQueue<Given> given = new LinkedBlockingQueue<>();

    @Override
    public void connected(Connection answers) {
      connection.complete(answers);
    }

    @Override
    public void deliver(ResolvedEvent event, int retryCount) {
      given.add(new Given(event, retryCount));
    }

    @Override
    public void flush() {}

    @Override
    public void dropped(RuntimeException reason) {
      connection.completeExceptionally(reason);
    }

    @Override
    public Identity identity() {
      return new Identity("here", "tester", "a test");
    }

    /// What comes at once; null if nothing does.
    @Nullable Given soon() throws InterruptedException {
      return given.poll(300, TimeUnit.MILLISECONDS);
    }

    Given next() throws InterruptedException {
      var next = given.poll(SECONDS, TimeUnit.SECONDS);
      assertThat(next).as("an event came").isNotNull();
      return java.util.Objects.requireNonNull(next);
    }

    void ack(Given event) {
      connection.join().ack(List.of(event.event().original().id()), () -> {});
    }

    void nack(Given event, NackAction action) {
      connection.join().nack(List.of(event.event().original().id()), action, "because", () -> {});
    }
  }

  @AfterEach
  void close() {
    stalled.get().countDown();
    groups.close();
  }

  private void append(int count) {
    for (var i = 0; i < count; i++) {
      model.append(STREAM, ExpectedState.any(), ProposedEvent.json("Counted", "{}"));
    }
  }

  private Consuming begin() {
    groups.start();
    groups.create(
        new GroupDefinition(ID, EventFilter.everything(), GroupSettings.defaults()), "tester");
    return consume();
  }

  /// Has the consumer park the next events, and waits until they are.
  private void park(Consuming consumer, int events) throws InterruptedException {
    for (var i = 0; i < events; i++) {
      consumer.nack(consumer.next(), NackAction.PARK);
    }
    while (groups.info(ID).parked() < events) {
      Thread.onSpinWait();
    }
  }

  private Consuming consume() {
    var consumer = new Consuming();
    groups.connect(ID, consumer, BUFFER);
    assertThat(consumer.connection.join()).isNotNull();
    return consumer;
  }

  private long events(StreamName stream) {
    try (var read = model.read(stream, ReadOptions.forwards())) {
      return read.events().size();
    }
  }

  private static Handler into(BlockingQueue<String> messages) {
    return new Handler() {
      @Override
      public void publish(LogRecord record) {
        messages.add(record.getMessage());
      }

      @Override
      public void flush() {}

      @Override
      public void close() {}
    };
  }

  @Test
  void a_group_that_stands_still_says_so_and_reads_anew() throws InterruptedException {
    var logger = Logger.getLogger(Watchdog.class.getName());
    var handler = into(warnings);
    logger.addHandler(handler);
    try {
      append(1);
      deaf.set(1);
      var consumer = begin();

      String warning = null;
      for (var i = 0; i < SECONDS && warning == null; i++) {
        clock.advance(Duration.ofSeconds(11));
        warning = warnings.poll(1, TimeUnit.SECONDS);
      }

      assertThat(warning).contains("stands still");
      assertThat(consumer.next().event().original().revision()).isZero();
    } finally {
      logger.removeHandler(handler);
    }
  }

  @Test
  void a_group_with_nothing_ahead_is_not_said_to_stand_still() throws InterruptedException {
    append(1);
    var consumer = begin();
    consumer.ack(consumer.next());
    var core = new GroupCore(GroupSettings.defaults(), 0, clock, new Nothing());
    core.connect(0, 1);
    var watchdog =
        new Watchdog(
            model,
            new GroupDefinition(ID, EventFilter.everything(), GroupSettings.defaults()),
            clock);

    assertThat(watchdog.standsStill(core)).isFalse();
    clock.advance(Duration.ofSeconds(11));
    assertThat(watchdog.standsStill(core)).isFalse();
    append(1);
    clock.advance(Duration.ofSeconds(11));
    assertThat(watchdog.standsStill(core)).isTrue();
  }

  /// Does nothing that a core wants.
  private static final class Nothing implements GroupEffects {
    @Override
    public void deliver(long consumer, Entry entry) {}

    @Override
    public void park(Entry entry, String reason) {}

    @Override
    public void writeCheckpoint(long place) {}

    @Override
    public void read(int events) {}

    @Override
    public void readParked(int events) {}

    @Override
    public void replayed(java.util.SortedSet<Long> parkedAt) {}
  }

  @Test
  void a_link_that_cannot_be_written_is_written_later_and_the_event_is_not_done_before()
      throws InterruptedException {
    append(1);
    var consumer = begin();
    var event = consumer.next();
    failures.set(1);
    consumer.nack(event, NackAction.PARK);

    for (var i = 0; i < SECONDS && events(ID.parked()) == 0; i++) {
      assertThat(events(ID.checkpoints())).isZero();
      clock.advance(Duration.ofSeconds(2));
      assertThat(consumer.given.poll(1, TimeUnit.SECONDS)).isNull();
    }

    assertThat(events(ID.parked())).isOne();
  }

  @Test
  void while_links_cannot_be_written_no_more_is_handed_out_than_the_buffer_holds()
      throws InterruptedException {
    var logger = Logger.getLogger(GroupWriter.class.getName());
    var handler = into(warnings);
    logger.addHandler(handler);
    try {
      parkWhileNothingCanBeWritten(1_200);
    } finally {
      logger.removeHandler(handler);
    }
    assertThat(warnings)
        .as("one line, however many events and attempts")
        .hasSize(1)
        .allMatch(line -> line.contains("cannot write"));
  }

  private void parkWhileNothingCanBeWritten(int events) throws InterruptedException {
    append(events);
    var consumer = begin();
    var first = consumer.next();
    failures.set(Integer.MAX_VALUE);
    consumer.nack(first, NackAction.PARK);
    var given = 1;
    for (var next = consumer.soon(); next != null; next = consumer.soon()) {
      consumer.nack(next, NackAction.PARK);
      given++;
    }
    var settings = GroupSettings.defaults();
    assertThat(given)
        .isLessThanOrEqualTo(
            Math.max(settings.historyBufferSize(), settings.liveBufferSize()) + BUFFER);
    assertThat(groups.info(ID).figures().outstanding()).isEqualTo(given);

    failures.set(0);
    for (var i = 0; i < SECONDS && events(ID.parked()) == 0; i++) {
      clock.advance(Duration.ofSeconds(2));
      var next = consumer.soon();
      if (next != null) {
        consumer.nack(next, NackAction.PARK);
        given++;
      }
    }
    while (given < events) {
      consumer.nack(consumer.next(), NackAction.PARK);
      given++;
    }
    while (groups.info(ID).parked() < events) {
      clock.advance(Duration.ofSeconds(2));
      Thread.onSpinWait();
    }
  }

  @Test
  void of_what_a_consumer_says_no_more_is_kept_than_a_person_reads() throws InterruptedException {
    append(1);
    var consumer = begin();
    var event = consumer.next().event().original();
    consumer
        .connection
        .join()
        .nack(List.of(event.id()), NackAction.PARK, "x".repeat(5_000_000), () -> {});
    while (events(ID.parked()) == 0) {
      Thread.onSpinWait();
    }
    try (var read = model.read(ID.parked(), ReadOptions.forwards())) {
      var link = read.events().getFirst();
      assertThat(link.metadata().length).isLessThan(2_000);
    }
  }

  @Test
  void while_replayed_events_are_not_removed_no_more_are_replayed_than_the_buffer_holds()
      throws InterruptedException {
    var events = 1_200;
    append(events);
    var consumer = begin();
    park(consumer, events);

    groups.replayParked(ID, java.util.OptionalLong.empty());
    stalled.set(new CountDownLatch(1));
    var given = 0;
    for (var next = consumer.soon(); next != null; next = consumer.soon()) {
      consumer.ack(next);
      given++;
    }
    assertThat(given)
        .isLessThanOrEqualTo(GroupSettings.defaults().historyBufferSize() + 2 * BUFFER);

    stalled.getAndSet(new CountDownLatch(0)).countDown();
    while (given < events) {
      consumer.ack(consumer.next());
      given++;
    }
    while (groups.info(ID).parked() > 0) {
      Thread.onSpinWait();
    }
  }

  @Test
  void an_orderly_end_writes_a_checkpoint_and_the_next_beginning_goes_on_behind_it()
      throws InterruptedException {
    append(3);
    var consumer = begin();
    consumer.ack(consumer.next());
    consumer.ack(consumer.next());
    groups.close();

    try (var again = anew(STORE)) {
      again.start();
      var next = new Consuming();
      again.connect(ID, next, 10);
      var given = next.next();
      assertThat(given.event().original().revision()).isEqualTo(2);
      assertThat(given.retryCount()).isZero();
    }
  }

  @Test
  void chosen_parked_events_are_replayed_and_the_others_stay() throws InterruptedException {
    append(4);
    var consumer = begin();
    park(consumer, 4);

    groups.replayChosen(ID, java.util.Set.of(1L, 3L));
    var first = consumer.next();
    assertThat(first.event().original().revision()).isEqualTo(1);
    consumer.ack(first);
    var second = consumer.next();
    assertThat(second.event().original().revision()).isEqualTo(3);
    consumer.ack(second);
    while (groups.info(ID).parked() != 2 || groups.parked(ID, 0, 10).size() != 2) {
      Thread.onSpinWait();
    }
    assertThat(groups.parked(ID, 0, 10)).extracting(ParkedEvent::parkedAt).containsExactly(0L, 2L);

    groups.replayParked(ID, java.util.OptionalLong.of(1));
    consumer.ack(consumer.next());
    while (groups.parked(ID, 0, 10).size() != 1) {
      Thread.onSpinWait();
    }
    // 0 and 1 are truncated by now; 2 is left, and 3 is still noted as replayed.
    assertThat(groups.parked(ID, 0, 10)).extracting(ParkedEvent::parkedAt).containsExactly(2L);
  }

  @Test
  void of_events_that_are_replayed_behind_one_that_is_not_done_only_the_gap_is_kept()
      throws InterruptedException {
    var events = 300;
    append(events);
    var consumer = begin();
    park(consumer, events);

    groups.replayParked(ID, java.util.OptionalLong.empty());
    var stuck = consumer.next();
    for (var i = 1; i < events; i++) {
      consumer.ack(consumer.next());
    }
    while (groups.parked(ID, 0, 10).size() != 1) {
      Thread.onSpinWait();
    }
    assertThat(lastNoted()).isEqualTo("{\"removed\":[[1,299]]}");

    consumer.ack(stuck);
    while (groups.info(ID).parked() > 0 || !groups.parked(ID, 0, 10).isEmpty()) {
      Thread.onSpinWait();
    }
  }

  private String lastNoted() {
    try (var read = model.read(ID.replayed(), ReadOptions.backwards().limit(1))) {
      return read.events().getFirst().dataAsText();
    }
  }

  @Test
  void more_chosen_events_than_can_be_remembered_here_and_there_are_not_replayed()
      throws InterruptedException {
    append(2);
    var consumer = begin();
    park(consumer, 2);
    var many = LongStream.rangeClosed(1, 10_001).boxed().collect(Collectors.toSet());

    assertThatThrownBy(() -> groups.replayChosen(ID, many))
        .isInstanceOf(GroupException.class)
        .hasMessageContaining("At most 10000 parked messages")
        .hasMessageContaining("truncate the first ones");

    many.remove(10_001L);
    groups.replayChosen(ID, many);
    consumer.ack(consumer.next());
    while (groups.parked(ID, 0, 10).size() != 1) {
      Thread.onSpinWait();
    }
  }

  // ---- what is configured

  private Groups anew(UUID storeId) {
    return new Groups(model, storeId, clock, UUID::randomUUID, Thread.ofVirtual().factory());
  }

  private void configure(String... entries) {
    model.append(
        CONFIGURATION,
        ExpectedState.any(),
        ProposedEvent.json(
            "$PersistentConfig",
            "{\"version\":\"2\",\"entries\":[%s]}".formatted(String.join(",", entries))));
  }

  private static String entry(String stream, String group, String more) {
    return "{\"stream\":\"%s\",\"group\":\"%s\",%s\"resolveLinkTos\":true}"
        .formatted(stream, group, more);
  }

  private String configuration() {
    try (var read = model.read(CONFIGURATION, ReadOptions.backwards().limit(1))) {
      return read.events().getFirst().dataAsText();
    }
  }

  private static GroupId id(String name) {
    return new GroupId(new GroupSource.OfStream(STREAM), name);
  }

  @Test
  void an_entry_of_which_no_group_can_be_made_disturbs_no_other_and_is_kept()
      throws InterruptedException {
    append(1);
    var odd = entry(STREAM.value(), "odd", "\"liveBufferSize\":0,\"ofTheFuture\":7,");
    configure(
        odd,
        entry(STREAM.value(), "strange", "\"namedConsumerStrategy\":\"Fairest\","),
        entry("", "of-nothing", ""),
        entry(STREAM.value(), "g", ""));
    groups.start();

    assertThat(consume().next().event().original().revision()).isZero();
    assertThat(groups.unusable().keySet())
        .containsExactly("::of-nothing", "counted-1::odd", "counted-1::strange");
    assertThatThrownBy(() -> groups.connect(id("odd"), new Consuming(), BUFFER))
        .hasMessageContaining("failed: 'liveBufferSize is 1 or more, got 0. Create it again")
        .isInstanceOf(GroupException.class);

    groups.create(
        new GroupDefinition(id("more"), EventFilter.everything(), GroupSettings.defaults()), "t");
    assertThat(configuration()).contains(odd, "strange", "of-nothing");
  }

  @Test
  void a_group_that_cannot_run_is_created_again_or_deleted() {
    configure(
        entry(STREAM.value(), "g", "\"liveBufferSize\":0,"),
        entry(STREAM.value(), "strange", "\"namedConsumerStrategy\":\"Fairest\","));
    var _ = begin();
    groups.delete(id("strange"), "t");

    assertThat(groups.unusable()).isEmpty();
    assertThat(configuration()).doesNotContain("strange").containsOnlyOnce("\"group\":\"g\"");
    assertThatThrownBy(() -> groups.info(id("strange"))).hasMessageContaining("does not exist");
  }

  /// Their checkpoints would be places far ahead, or have them pass over what nobody has seen.
  @Test
  void groups_that_count_positions_run_in_the_store_whose_positions_they_are() {
    var ofAll = new GroupId(new GroupSource.OfAll(), "g");
    var ofCorrelation = new GroupId(GroupSource.of("$bc-7"), "g");
    configure(entry("$all", "copied", "\"startPosition\":\"C:5000/P:5000\","));
    groups.start();
    for (var id : List.of(ofAll, ofCorrelation, ID)) {
      groups.create(
          new GroupDefinition(id, EventFilter.everything(), GroupSettings.defaults()), "t");
    }

    try (var again = anew(STORE)) {
      again.start();
      assertThat(again.unusable().keySet()).containsExactly("$all::copied");
      assertThat(again.info(ofCorrelation).status()).isNotEmpty();
    }
    try (var elsewhere = anew(new UUID(1, 2))) {
      elsewhere.start();
      assertThat(elsewhere.unusable().keySet())
          .containsExactly("$all::copied", "$all::g", "$bc-7::g");
      assertThat(elsewhere.list()).extracting(info -> info.definition().id()).containsExactly(ID);
    }
  }

  @Test
  void groups_begin_when_what_is_configured_has_been_mended() {
    model.append(
        CONFIGURATION, ExpectedState.any(), ProposedEvent.binary("$PersistentConfig", new byte[1]));
    assertThatThrownBy(groups::start).isInstanceOf(IllegalStateException.class);
    assertThat(groups.failure()).hasValueSatisfying(why -> assertThat(why).contains("Event 0 of"));

    configure(entry(STREAM.value(), "g", ""));
    groups.start();

    assertThat(groups.failure()).isEmpty();
    assertThat(consume()).isNotNull();
  }
}
