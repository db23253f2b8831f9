// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.index;

import io.leftfold.api.CorruptLogException;
import io.leftfold.api.UnavailableException;
import io.leftfold.engine.disk.Disk;
import io.leftfold.engine.disk.DiskFile;
import io.leftfold.engine.log.Log;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/// Works behind the writing thread, most urgent first: makes damaged segments again, writes frozen
/// tables as segments, merges. One thread at a time.
final class Indexer {

  private static final System.Logger LOGGER = System.getLogger(Indexer.class.getName());

  private static final int KEYS_BETWEEN_LOOKS = 1024;
  private static final int BYTES_BETWEEN_SYNCS = 4 << 20;
  private static final int BYTES_TOLD = 64 << 10;
  private static final long REST_NANOS = 5_000_000;

  private final Index index;
  private final Row row;
  private final Disk disk;
  private final Log log;
  private final IndexOptions options;
  private final Tiers tiers;
  private final ReentrantLock working = new ReentrantLock();
  private final AtomicBoolean asked = new AtomicBoolean();
  private final AtomicBoolean mergingAll = new AtomicBoolean();
  private final Set<Segment> hopeless = new HashSet<>();

  private volatile @Nullable Throwable failure;
  private volatile Index.@Nullable MergeProgress merging;

  Indexer(Index index, Row row, Disk disk, Log log, IndexOptions options) {
    this.index = index;
    this.row = row;
    this.disk = disk;
    this.log = log;
    this.options = options;
    this.tiers = new Tiers(options.tableEvents(), options.mergedSegments());
  }

  /// Why the last work could not be done; null if it was done.
  @Nullable Throwable failure() {
    return failure;
  }

  Index.@Nullable MergeProgress merging() {
    return merging;
  }

  /// Lets it look for work.
  void wake() {
    asked.set(true);
    try {
      options.executor().execute(this::work);
    } catch (RejectedExecutionException closed) {
      // The store is being closed; opening it again begins with the same work.
    }
  }

  /// Lets it merge all there is, not only neighbours of one tier.
  void mergeAll() {
    mergingAll.set(true);
    wake();
  }

  /// Lets it look for work again after it failed, unless it is about to.
  void tryAgain() {
    if (!asked.get()) {
      wake();
    }
  }

  /// Waits until nobody works.
  void finish() {
    working.lock();
    try {
      merging = null;
    } finally {
      working.unlock();
    }
  }

  private void work() {
    if (working.isHeldByCurrentThread()) {
      return; // whoever works looks again afterwards
    }
    working.lock();
    try {
      while (asked.getAndSet(false)) {
        workOn();
      }
    } finally {
      working.unlock();
    }
  }

  private void workOn() {
    try {
      while (!row.isClosed() && workOnce()) {
        failure = null;
      }
    } catch (ClosedException e) {
      // What was begun is cleared away when the store is opened.
    } catch (IOException | RuntimeException | Error e) {
      var isKnown = failure != null;
      failure = e;
      if (!row.isClosed() && !(isKnown && !index.isWhole())) {
        LOGGER.log(
            System.Logger.Level.ERROR,
            "The index could not be written; events stay in memory until it can be",
            e);
      }
      row.lookAgain();
    }
  }

  private void requireOpen() throws ClosedException {
    if (row.isClosed()) {
      throw new ClosedException();
    }
  }

  private boolean workOnce() throws IOException {
    return makeDamagedSegmentAgain()
        || writeFrozenTable()
        || merge()
        || makeMissing()
        || mergeRest();
  }

  /// The store is closed while something large is under way.
  private static final class ClosedException extends IOException {
    private static final long serialVersionUID = 1;
  }

  // ---- an index that is not whole

  /// Makes the first part that is missing. The last of them is the table for what is added next.
  private boolean makeMissing() throws IOException {
    if (!index.coverage().isLeftToIndexer()) {
      return false;
    }
    var missing = index.firstMissing();
    try {
      var table = index.readLog(missing.from(), missing.end());
      if (missing.end() == log.end()) {
        index.becomeWhole(table);
      } else {
        row.insert(write(table, index.before(table.first())));
        index.logProgress(index.indexed());
      }
      return true;
    } catch (CorruptLogException e) {
      LOGGER.log(
          System.Logger.Level.ERROR,
          "The index cannot be made, and nothing is answered from it: {0}",
          e.getMessage());
      index.coverage().becomeImpossible(e);
      return false;
    }
  }

  // ---- tables

  private void writeFrozenTables() throws IOException {
    while (writeFrozenTable()) {
      // One is written.
    }
  }

  private boolean writeFrozenTable() throws IOException {
    var parts = row.parts();
    for (var i = 0; i < parts.length - 1; i++) {
      if (parts[i] instanceof MemoryTable table) {
        var forgetting = Forgetting.in(table, row, log, options.hash(), _ -> requireOpen());
        try {
          row.replace(List.of(table), List.of(write(table, index.before(table), forgetting)));
        } catch (UncheckedIOException e) {
          throw e.getCause();
        }
        return true;
      }
    }
    return false;
  }

  private Segment write(MemoryTable table, MemoryTable.Known before) throws IOException {
    return write(table, before, null);
  }

  /// @param forgetting what of it is to be forgotten; null for nothing
  private Segment write(
      MemoryTable table, MemoryTable.Known before, @Nullable Forgetting forgetting)
      throws IOException {
    var newKeys = new long[KeyKind.MAX];
    var keys = 0L;
    for (var kind : KeyKind.values()) {
      newKeys[kind.code()] = table.newKeys(kind, before, log.isScavenged());
      keys += table.keys(kind).size();
    }
    var all = new TableCursor(table);
    return write(
        forgetting == null ? all : new WithoutForgotten(all, forgetting, before, newKeys),
        new Range(table.first(), table.end(), 0),
        keys,
        newKeys,
        index.isWhole() ? SegmentWriter.Pace.FULL : new WhileOpen());
  }

  /// A range of positions.
  ///
  /// @param generation how often it was written again
  private record Range(long first, long end, int generation) {}

  private Segment write(
      KeyCursor keys, Range range, long keysMax, long[] newKeys, SegmentWriter.Pace pace)
      throws IOException {
    var name = SegmentFiles.nameOf(range.first, range.end, range.generation);
    var last = SegmentHeader.lastEvent(log, range.end);
    try (var writer = new SegmentWriter(disk, name, options.hash(), keysMax, pace)) {
      writer.writeAll(keys);
      writer.finish(log.storeId(), range.first, range.end, last, newKeys);
    } catch (IOException | RuntimeException e) {
      deleteQuietly(name);
      throw e;
    }
    disk.syncDirectory();
    try {
      return Segment.open(name, disk.open(name), index::damageFound);
    } catch (SegmentDamagedException e) {
      throw new IOException(
          "%s was just written, and at byte %d: %s"
              .formatted(disk.describe(name), e.offset(), e.finding()),
          e);
    }
  }

  private void deleteQuietly(String name) {
    try {
      disk.delete(name);
    } catch (IOException e) {
      LOGGER.log(System.Logger.Level.DEBUG, "Opening the store will delete it", e);
    }
  }

  // ---- from the log

  private boolean makeDamagedSegmentAgain() throws IOException {
    for (var part : row.parts()) {
      if (part instanceof Segment segment && segment.isDamaged() && !hopeless.contains(segment)) {
        LOGGER.log(
            System.Logger.Level.WARNING,
            "{0} is damaged and made again from the log",
            segment.describe());
        try {
          var made =
              fromLog(segment.first(), segment.end(), index.before(segment), index.isWhole());
          replace(List.of(segment), made);
        } catch (ForgottenException e) {
          leaveToOpening(segment);
        } catch (CorruptLogException e) {
          hopeless.add(segment);
          LOGGER.log(
              System.Logger.Level.ERROR,
              "{0} cannot be made again, for the log is damaged too: {1}",
              segment.describe(),
              e.getMessage());
        }
        return true;
      }
    }
    return false;
  }

  /// A segment made again would lack what the log has forgotten, and ordinals of streams would be
  /// others: readers who are on their way would miss events. Before anybody reads it may be done.
  private void leaveToOpening(Segment segment) throws IOException {
    hopeless.add(segment);
    LOGGER.log(
        System.Logger.Level.ERROR,
        "{0} covers events that a scavenge took away, and is made again when the store is opened"
            + " the next time; until then what lies in the damaged part is not answered",
        segment.describe());
    disk.delete(segment.name());
    disk.syncDirectory();
  }

  /// A range cannot be made again while there are readers.
  private static final class ForgottenException extends IOException {
    private static final long serialVersionUID = 1;
  }

  /// Segments for a range, read from the log.
  ///
  /// @param hasReaders whether somebody may hold ordinals of the range
  List<Segment> fromLog(long first, long end, MemoryTable.Known before, boolean hasReaders)
      throws IOException {
    var made = new ArrayList<Segment>();
    MemoryTable.Known known =
        (kind, key) ->
            before.has(kind, key)
                || made.stream()
                    .anyMatch(part -> part.find(new IndexKey(kind, key, options.hash())) != null);
    try {
      for (var from = first; from < end; from += options.tableEvents()) {
        requireOpen();
        var table = index.readLog(from, Math.min(end, from + options.tableEvents()));
        if (hasReaders && table.lacksForgotten()) {
          throw new ForgottenException();
        }
        made.add(write(table, known));
      }
      return made;
    } catch (IOException | RuntimeException e) {
      SegmentFiles.closeAll(made);
      throw e;
    }
  }

  /// Puts segments in the place of others that cover the same, and deletes the files of these.
  private void replace(List<Segment> segments, List<Segment> kept) throws IOException {
    row.replace(segments, kept);
    for (var segment : segments) {
      if (kept.stream().noneMatch(other -> other.name().equals(segment.name()))) {
        disk.delete(segment.name());
      }
    }
  }

  // ---- what is forgotten

  /// Writes the last segment that begins below a position again if there is something to forget in
  /// it.
  ///
  /// @param passed is told of bytes, and ends the work by what it throws
  /// @return what became of it; null if there is no segment
  Index.@Nullable Forgotten forgetBelow(long position, LongConsumer passed) throws IOException {
    working.lock();
    try {
      var segment =
          row.segments().reversed().stream()
              .filter(one -> one.first() < position)
              .findFirst()
              .orElse(null);
      return segment == null ? null : forgetIn(segment, passed);
    } finally {
      working.unlock();
      if (asked.get()) {
        wake(); // whoever wanted to work meanwhile
      }
    }
  }

  private Index.Forgotten forgetIn(Segment segment, LongConsumer passed) throws IOException {
    var nothing = new Index.Forgotten(segment.first(), segment.name(), 0, 0, false);
    Forgetting.Pause pause =
        bytes -> {
          requireOpen();
          writeFrozenTables();
          passed.accept(bytes);
        };
    try {
      var forgetting = Forgetting.in(segment, row, log, options.hash(), pause);
      return forgetting == null || segment.isDamaged() || !forgetting.isWorthIt(segment)
          ? nothing
          : writeWithout(forgetting, segment, passed);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    } catch (UnavailableException e) {
      if (!segment.isDamaged()) {
        throw e;
      }
      return nothing; // the next scavenge after it was made again looks once more
    }
  }

  private Index.Forgotten writeWithout(Forgetting forgetting, Segment segment, LongConsumer passed)
      throws IOException {
    var newKeys = segment.header().newKeys().clone();
    var keys =
        new WithoutForgotten(
            new SegmentCursor(segment), forgetting, index.before(segment), newKeys);
    var range = new Range(segment.first(), segment.end(), segment.generation() + 1);
    try {
      var written =
          write(
              keys,
              range,
              segment.header().keys(),
              newKeys,
              new Background(List.of(segment), passed));
      replace(List.of(segment), List.of(written));
      return new Index.Forgotten(
          segment.first(),
          segment.name(),
          keys.left(),
          segment.sizeBytes() - written.sizeBytes(),
          true);
    } finally {
      merging = null;
    }
  }

  // ---- merging

  private boolean merge() throws IOException {
    var run = tiers.full(row.parts());
    if (run.isEmpty()) {
      return false;
    }
    merge(run);
    return true;
  }

  /// What somebody asked to be merged, though it need not be.
  private boolean mergeRest() throws IOException {
    if (!mergingAll.get()) {
      return false;
    }
    var run = tiers.neighbours(row.parts());
    if (run.size() < 2) {
      mergingAll.set(false);
      return false;
    }
    merge(run);
    return true;
  }

  private void merge(List<Segment> run) throws IOException {
    var keys = 0L;
    var newKeys = new long[KeyKind.MAX];
    for (var segment : run) {
      keys += segment.header().keys();
      for (var kind = 0; kind < newKeys.length; kind++) {
        newKeys[kind] += segment.header().newKeys()[kind];
      }
    }
    var range = new Range(run.getFirst().first(), run.getLast().end(), 0);
    try {
      var merged = write(new MergeCursor(run), range, keys, newKeys, new Background(run, _ -> {}));
      replace(run, List.of(merged));
    } finally {
      merging = null;
    }
  }

  /// How an index is made that is not whole: as fast as can be, until the store is being closed.
  private final class WhileOpen implements SegmentWriter.Pace {
    private int keys;

    @Override
    public void wrote(DiskFile file, int bytes) {}

    @Override
    public void wroteKey() throws IOException {
      if (++keys % KEYS_BETWEEN_LOOKS == 0) {
        requireOpen();
      }
    }
  }

  /// How a segment is written from others: it lets the log's syncs and full tables go first.
  private final class Background implements SegmentWriter.Pace {
    private final LongConsumer passed;
    private final long bytesMax;
    private long written;
    private int unsynced;
    private int keys;

    Background(List<Segment> run, LongConsumer passed) {
      this.passed = passed;
      this.bytesMax = run.stream().mapToLong(Segment::sizeBytes).sum();
      merging = new Index.MergeProgress(run.size(), 0, bytesMax);
    }

    @Override
    public void wrote(DiskFile file, int bytes) throws IOException {
      written += bytes;
      unsynced += bytes;
      merging = new Index.MergeProgress(merging().segments(), written, bytesMax);
      tell(bytes);
      if (unsynced >= BYTES_BETWEEN_SYNCS) {
        file.sync();
        unsynced = 0;
        if (index.isWhole()) { // otherwise nothing is appended
          LockSupport.parkNanos(REST_NANOS);
        }
      }
    }

    /// Whoever is told may rest: in between, tables are written.
    private void tell(int bytes) throws IOException {
      for (var left = bytes; left > 0; left -= BYTES_TOLD) {
        passed.accept(Math.min(left, BYTES_TOLD));
        writeFrozenTables();
      }
    }

    private Index.MergeProgress merging() {
      var progress = merging;
      return progress == null ? new Index.MergeProgress(0, 0, bytesMax) : progress;
    }

    @Override
    public void wroteKey() throws IOException {
      if (++keys % KEYS_BETWEEN_LOOKS == 0) {
        requireOpen();
        writeFrozenTables();
      }
    }
  }
}
