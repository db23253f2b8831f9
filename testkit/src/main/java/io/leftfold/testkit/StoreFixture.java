// SPDX-License-Identifier: Apache-2.0

package io.leftfold.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.leftfold.api.AppendResult;
import io.leftfold.api.EventStore;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.ResolvedEvent;
import io.leftfold.api.StreamMetadata;
import io.leftfold.api.StreamName;
import io.leftfold.api.WrongExpectedStateException;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;

/// A fresh store for each test, and words to speak about it.
@Timeout(60)
abstract class StoreFixture {

  static final StreamName ACCOUNT = StreamName.of("account-1");
  static final StreamName ORDER = StreamName.of("order-1");
  static final ReadOptions FORWARDS = ReadOptions.forwards();
  static final ReadOptions BACKWARDS = ReadOptions.backwards();

  final ManualClock clock = new ManualClock(Instant.parse("2026-07-17T14:02:00.123456Z"));

  @SuppressWarnings("NullAway.Init")
  EventStore store;

  /// A new store, empty, and of its own: several may be open at once. The test closes it.
  ///
  /// @param clock the store's clock, if it can be given one; turned by the test
  /// @return the store
  protected abstract EventStore open(Clock clock);

  /// What the store under test can do. Tests that need more are skipped.
  ///
  /// @return everything, unless overridden
  protected Set<Capability> capabilities() {
    return EnumSet.allOf(Capability.class);
  }

  /// What not every way to a store can do.
  protected enum Capability {
    /// The store goes by the clock it was opened with.
    CLOCK,
    /// Reads as of and from a time, subscriptions from a time.
    TIME,
    /// Events can be tagged, and found by tags.
    TAGS,
    /// Events are read by query, and appended on conditions and with tracking.
    BOUNDARIES,
    /// A commit may write several streams.
    COMMITS_OF_SEVERAL_STREAMS,
    /// States are told exactly: absent or deleted, and the first visible revision.
    EXACT_STATES,
    /// Streams can be listed.
    LIST_OF_STREAMS,
    /// It is told whether an append was a repeated one, and where its first event is.
    REPEATS_ARE_TOLD,
    /// All kinds of filters, not only prefixes and regular expressions.
    FILTERS_BY_INDEX,
    /// Subscriptions to all streams tell checkpoints at any interval, filtered or not.
    CHECKPOINTS_AT_ANY_INTERVAL
  }

  /// The largest event that the store takes, in bytes.
  ///
  /// @return 16 MiB, unless overridden
  protected long eventBytesMax() {
    return 16 * 1024 * 1024;
  }

  @BeforeEach
  final void openStore() {
    store = open(clock);
  }

  @AfterEach
  final void closeStore() {
    store.close();
  }

  final void needs(Capability capability) {
    assumeTrue(capabilities().contains(capability), () -> "needs " + capability);
  }

  final boolean can(Capability capability) {
    return capabilities().contains(capability);
  }

  // ---- events by one letter: A always has the same id

  static ProposedEvent event(String letter) {
    return ProposedEvent.json(letter, "{\"is\":\"%s\"}".formatted(letter)).withId(id(letter));
  }

  static UUID id(String letter) {
    return UUID.nameUUIDFromBytes(letter.getBytes(UTF_8));
  }

  /// The events of a list of letters such as `A B C`; `-` is none.
  static List<ProposedEvent> events(String letters) {
    return letters.equals("-")
        ? List.of()
        : Arrays.stream(letters.split(" ", -1)).map(StoreFixture::event).toList();
  }

  /// `any`, `none`, `exists`, `deleted-number` or a revision.
  static ExpectedState expected(String word) {
    return switch (word) {
      case "any" -> ExpectedState.any();
      case "none" -> ExpectedState.noStream();
      case "exists" -> ExpectedState.streamExists();
      case "deleted-number" -> ExpectedState.atRevision(Long.MAX_VALUE);
      default -> ExpectedState.atRevision(Long.parseLong(word));
    };
  }

  final AppendResult append(StreamName stream, String letters) {
    return store.append(stream, ExpectedState.any(), events(letters));
  }

  /// Writes any text as metadata.
  final AppendResult appendMetadata(StreamName stream, String json) {
    return store.append(
        stream.metastream(),
        ExpectedState.any(),
        ProposedEvent.json(RecordedEvent.METADATA_TYPE, json));
  }

  final void writeMetadata(StreamName stream, StreamMetadata metadata) {
    store.writeMetadata(stream, ExpectedState.any(), metadata);
  }

  // ---- what is there

  /// The types of a stream's visible events, in order: `A B C`.
  final String letters(StreamName stream) {
    return types(store.read(stream, FORWARDS).toList());
  }

  static String types(List<ResolvedEvent> events) {
    return String.join(" ", events.stream().map(event -> event.original().type()).toList());
  }

  /// The revisions of a stream's visible events, in the order of reading.
  final List<Long> revisions(StreamName stream, ReadOptions options) {
    return store.read(stream, options).events().stream().map(RecordedEvent::revision).toList();
  }

  final List<RecordedEvent> log() {
    return store.readAll(FORWARDS).events();
  }

  final long lastPosition() {
    return store.lastPosition().orElseThrow();
  }

  /// The text of a stream's metadata event.
  final String metadataText(StreamName stream) {
    var events = store.read(stream.metastream(), FORWARDS).events();
    assertThat(events).as("visible events of %s", stream.metastream()).hasSize(1);
    return events.getFirst().dataAsText();
  }

  // ---- what is refused

  final WrongExpectedStateException assertWrongExpectedState(ThrowingCallable call) {
    var before = lastPosition();
    var refusal = catchThrowableOfType(WrongExpectedStateException.class, call);
    assertThat(refusal).as("the refusal").isNotNull();
    assertThat(lastPosition()).as("the last position after a refusal").isEqualTo(before);
    return refusal;
  }

  final void assertNothingIsWritten(ThrowingCallable call, Class<? extends Exception> refusal) {
    var before = lastPosition();
    assertThat(catchThrowableOfType(refusal, call)).as("the refusal").isNotNull();
    assertThat(lastPosition()).as("the last position after a refusal").isEqualTo(before);
  }
}
