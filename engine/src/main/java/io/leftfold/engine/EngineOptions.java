// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine;

import io.leftfold.engine.index.IndexOptions;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.concurrent.ThreadFactory;
import java.util.random.RandomGenerator;

/// How an embedded store is kept: `EngineOptions.defaults().withDurability(Durability.OS)`.
///
/// @param durability what an acknowledged append has survived
/// @param chunkBytesMax the size of a log file, 4 KiB to 1 GiB; a larger commit gets a file of its
///   own
/// @param queueLengthMax how many appends may wait to be written, up to 1,000,000
/// @param queueBytesMax how many bytes of events may wait to be written, up to 256 GiB; by default
///   a sixteenth of the largest heap, from 16 MiB to 256 MiB
/// @param eventBytesMax the largest event: data, metadata, and two bytes a character of its type
/// @param appendBytesMax the largest append, all its events together
/// @param indexTableEvents how many of the newest events are indexed in memory before their index
///   is written to a file; up to three times as many are. In the worst case each takes some 150
///   bytes of heap
/// @param indexedAtOpeningMax how many events that the index lacks opening adds to it before it
///   returns. If it lacks more, the store is open at once and the index is made in the background;
///   until it is whole, only reads of everything are answered
///   ([io.leftfold.api.UnavailableException.Reason#INDEXING]). Without a bound, an open store
///   answers everything. For reading only there is none
/// @param readOnly whether to open for reading only; then damage is gone around where possible
/// @param clock the store's time
/// @param random for the ids of the store and of events that it records itself
/// @param threads makes the store's three threads: the writer, the one that wakes subscriptions,
///   and the one that writes the files of the index
public record EngineOptions(
    Durability durability,
    long chunkBytesMax,
    int queueLengthMax,
    long queueBytesMax,
    long eventBytesMax,
    long appendBytesMax,
    int indexTableEvents,
    long indexedAtOpeningMax,
    boolean readOnly,
    Clock clock,
    RandomGenerator random,
    ThreadFactory threads) {

  private static final int QUEUE_LENGTH_LIMIT = 1_000_000;
  private static final long QUEUE_BYTES_LIMIT = 256L << 30;
  private static final long APPEND_BYTES_LIMIT = 512L << 20;

  private static final EngineOptions DEFAULTS =
      new EngineOptions(
          Durability.FSYNC,
          256L << 20,
          16_384,
          queueBytes(Runtime.getRuntime().maxMemory()),
          16L << 20,
          64L << 20,
          IndexOptions.TABLE_EVENTS,
          Long.MAX_VALUE,
          false,
          Clock.systemUTC(),
          new SecureRandom(),
          Thread.ofPlatform().daemon().name("leftfold-", 0).factory());

  /// What waits is there twice, as it came and as it will be written, and again while it is
  /// written.
  private static long queueBytes(long heapBytesMax) {
    return Math.clamp(heapBytesMax / 16, 16L << 20, 256L << 20);
  }

  /// Checks the bounds.
  public EngineOptions {
    requireAbove("queueLengthMax", queueLengthMax, 0);
    requireAbove("queueBytesMax", queueBytesMax, 0);
    requireAbove("eventBytesMax", eventBytesMax, 0);
    requireAbove("appendBytesMax", appendBytesMax, eventBytesMax - 1);
    requireAbove("indexTableEvents", indexTableEvents, 0);
    requireAbove("indexedAtOpeningMax", indexedAtOpeningMax, -1);
    requireUpTo("queueLengthMax", queueLengthMax, QUEUE_LENGTH_LIMIT);
    requireUpTo("queueBytesMax", queueBytesMax, QUEUE_BYTES_LIMIT);
    requireUpTo("appendBytesMax", appendBytesMax, APPEND_BYTES_LIMIT);
  }

  private static void requireUpTo(String name, long value, long limit) {
    if (value > limit) {
      throw new IllegalArgumentException("%s is at most %d, got %d".formatted(name, limit, value));
    }
  }

  private static void requireAbove(String name, long value, long bound) {
    if (value <= bound) {
      throw new IllegalArgumentException("%s is above %d, got %d".formatted(name, bound, value));
    }
  }

  /// What suits most.
  ///
  /// @return the options
  public static EngineOptions defaults() {
    return DEFAULTS;
  }

  /// With another durability.
  ///
  /// @param durability what an acknowledged append has survived
  /// @return the new options
  public EngineOptions withDurability(Durability durability) {
    var draft = new Draft(this);
    draft.durability = durability;
    return draft.options();
  }

  /// With log files of another size.
  ///
  /// @param chunkBytesMax 4 KiB to 1 GiB
  /// @return the new options
  public EngineOptions withChunkBytesMax(long chunkBytesMax) {
    var draft = new Draft(this);
    draft.chunkBytesMax = chunkBytesMax;
    return draft.options();
  }

  /// With another bound of the queue before the writer.
  ///
  /// @param appends how many may wait
  /// @param bytes how many bytes of events may wait
  /// @return the new options
  public EngineOptions withQueue(int appends, long bytes) {
    var draft = new Draft(this);
    draft.queueLengthMax = appends;
    draft.queueBytesMax = bytes;
    return draft.options();
  }

  /// With other bounds on what is appended.
  ///
  /// @param eventBytesMax the largest event
  /// @param appendBytesMax the largest append
  /// @return the new options
  public EngineOptions withSizes(long eventBytesMax, long appendBytesMax) {
    var draft = new Draft(this);
    draft.eventBytesMax = eventBytesMax;
    draft.appendBytesMax = appendBytesMax;
    return draft.options();
  }

  /// With an index that keeps another number of events in memory.
  ///
  /// @param indexTableEvents before their index is written to a file
  /// @return the new options
  public EngineOptions withIndexTableEvents(int indexTableEvents) {
    var draft = new Draft(this);
    draft.indexTableEvents = indexTableEvents;
    return draft.options();
  }

  /// With another bound of what opening indexes before it returns.
  ///
  /// @param events how many; if the index lacks more, it is made in the background
  /// @return the new options
  public EngineOptions withIndexedAtOpeningMax(long events) {
    var draft = new Draft(this);
    draft.indexedAtOpeningMax = events;
    return draft.options();
  }

  /// For reading only: changes nothing, and works where nothing may be written. Nobody may be
  /// writing the store meanwhile, for a writer makes files shorter that are read here through their
  /// mappings: so opening is refused while somebody does, and so is writing while the store is open
  /// like this.
  ///
  /// Where damage took events away, a read of everything says so when it comes there, and so does a
  /// read of a stream between two events that are whole; both can be asked to go on. What the index
  /// answers (filters by category, type or tag, and virtual streams) leaves them out.
  ///
  /// @return the new options
  public EngineOptions forReadingOnly() {
    var draft = new Draft(this);
    draft.readOnly = true;
    return draft.options();
  }

  /// With another clock.
  ///
  /// @param clock the store's time
  /// @return the new options
  public EngineOptions withClock(Clock clock) {
    var draft = new Draft(this);
    draft.clock = clock;
    return draft.options();
  }

  /// With other threads.
  ///
  /// @param threads makes the store's threads
  /// @return the new options
  public EngineOptions withThreads(ThreadFactory threads) {
    var draft = new Draft(this);
    draft.threads = threads;
    return draft.options();
  }

  /// With another source of chance.
  ///
  /// @param random for ids
  /// @return the new options
  public EngineOptions withRandom(RandomGenerator random) {
    var draft = new Draft(this);
    draft.random = random;
    return draft.options();
  }

  /// All of the options, to be changed one by one.
  private static final class Draft {
    Durability durability;
    long chunkBytesMax;
    int queueLengthMax;
    long queueBytesMax;
    long eventBytesMax;
    long appendBytesMax;
    int indexTableEvents;
    long indexedAtOpeningMax;
    boolean readOnly;
    Clock clock;
    RandomGenerator random;
    ThreadFactory threads;

    Draft(EngineOptions options) {
      this.durability = options.durability;
      this.chunkBytesMax = options.chunkBytesMax;
      this.queueLengthMax = options.queueLengthMax;
      this.queueBytesMax = options.queueBytesMax;
      this.eventBytesMax = options.eventBytesMax;
      this.appendBytesMax = options.appendBytesMax;
      this.indexTableEvents = options.indexTableEvents;
      this.indexedAtOpeningMax = options.indexedAtOpeningMax;
      this.readOnly = options.readOnly;
      this.clock = options.clock;
      this.random = options.random;
      this.threads = options.threads;
    }

    EngineOptions options() {
      return new EngineOptions(
          durability,
          chunkBytesMax,
          queueLengthMax,
          queueBytesMax,
          eventBytesMax,
          appendBytesMax,
          indexTableEvents,
          indexedAtOpeningMax,
          readOnly,
          clock,
          random,
          threads);
    }
  }
}
