// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.index;

import io.leftfold.api.CorruptLogException;
import io.leftfold.api.StreamName;
import io.leftfold.api.Tag;
import io.leftfold.api.UnavailableException;
import io.leftfold.engine.disk.Disk;
import io.leftfold.engine.log.Log;
import io.leftfold.engine.log.RecordCursor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/// From stream, category, type, tag and correlation id to positions, and from a category to where
/// its streams begin.
///
/// A [row][Row] of [parts][Part] that cover the log one after the other. Streams whose names begin
/// with `$` have no category.
public final class Index implements AutoCloseable {

  private static final System.Logger LOGGER = System.getLogger(Index.class.getName());

  /// How many full tables may wait to be written before whoever adds waits too.
  private static final int FROZEN_MAX = 2;

  private static final int RECORDS_BETWEEN_LOOKS = 4096;

  private final Disk disk;
  private final Log log;
  private final IndexOptions options;
  private final Indexer indexer;
  private final Coverage coverage = new Coverage();
  private final Row row = new Row();

  private volatile boolean started;
  private MemoryTable live = new MemoryTable(0);

  private Index(Disk disk, Log log, IndexOptions options) {
    this.disk = disk;
    this.log = log;
    this.options = options;
    this.indexer = new Indexer(this, row, disk, log, options);
  }

  /// Opens the index of a log, and reads from the log what is missing, unless that is more than
  /// [IndexOptions#atOpeningMax]: then [#start] lets the work begin that makes it whole.
  ///
  /// @param disk where the segments are; closed with the index
  /// @throws CorruptLogException if a record that has to be read is damaged
  public static Index open(Disk disk, Log log, IndexOptions options) throws IOException {
    var index = new Index(disk, log, options);
    try {
      index.open();
      return index;
    } catch (IOException | RuntimeException e) {
      index.close();
      throw e;
    }
  }

  /// Opening is also the moment at which a damaged segment can be made again whatever the log has
  /// forgotten; and a gap behind one cannot be filled without it.
  private void open() throws IOException {
    while (true) {
      try {
        openSound();
        return;
      } catch (UnavailableException e) {
        if (options.readOnly() || !deleteDamaged()) {
          throw e;
        }
      }
    }
  }

  private boolean deleteDamaged() throws IOException {
    var segments = row.segments();
    var damaged = segments.stream().filter(Segment::isDamaged).toList();
    SegmentFiles.closeAll(segments);
    row.begin(List.of());
    for (var segment : damaged) {
      disk.delete(segment.name());
    }
    disk.syncDirectory();
    return !damaged.isEmpty();
  }

  private void openSound() throws IOException {
    var leftovers = new ArrayList<String>();
    var segments = openSegments(leftovers);
    row.begin(segments);
    if (!options.readOnly() && !leftovers.isEmpty()) {
      for (var name : leftovers) {
        disk.delete(name);
      }
      disk.syncDirectory();
    }
    var lacking = log.end() - indexed();
    if (lacking > options.atOpeningMax() && !options.readOnly()) {
      LOGGER.log(
          System.Logger.Level.INFO,
          "The index lacks {0} of {1} events; they are read from the log in the background",
          Long.toString(lacking),
          Long.toString(log.end()));
      coverage.leaveToIndexer();
      return;
    }
    var end = 0L;
    for (var segment : segments) {
      if (segment.first() > end) {
        fillGap(end, segment);
      }
      end = segment.end();
    }
    live = new MemoryTable(end);
    row.insert(live);
    readTail(end);
    coverage.becomeWhole();
  }

  /// Deletes the segments of a store that is not open: its log is about to be another one.
  public static void clear(Disk disk) throws IOException {
    var names = SegmentFiles.names(disk);
    for (var name : names) {
      disk.delete(name);
    }
    if (!names.isEmpty()) {
      disk.syncDirectory();
    }
  }

  /// Lets the work behind begin that opening found.
  public void start() {
    started = true;
    if (!options.readOnly()) {
      indexer.wake();
    }
  }

  private List<Segment> openSegments(List<String> leftovers) throws IOException {
    if (options.anew()) {
      leftovers.addAll(SegmentFiles.names(disk));
      return List.of();
    }
    return new SegmentFiles(disk, log, this::damageFound).open(leftovers);
  }

  private void fillGap(long from, Segment before) throws IOException {
    LOGGER.log(
        System.Logger.Level.INFO,
        "The index lacks positions {0} to {1}; they are read from the log",
        Long.toString(from),
        Long.toString(before.first() - 1));
    List<? extends Part> filled =
        options.readOnly()
            ? List.of(readLog(from, before.first()))
            : indexer.fromLog(from, before.first(), before(before), false);
    filled.forEach(row::insert);
  }

  /// Indexes what lies behind the segments.
  private void readTail(long from) {
    var cursor = log.cursor();
    var end = log.end();
    for (var position = from; position < end; position++) {
      try {
        var isThere = cursor.moveToIfThere(position);
        freezeIfFull(position);
        add(live, position, isThere, cursor);
      } catch (CorruptLogException e) {
        passOver(e);
      }
    }
    live.skipTo(Math.max(end, live.end()));
  }

  /// A table of a range of the log.
  MemoryTable readLog(long from, long end) {
    var table = new MemoryTable(from);
    var cursor = log.cursor();
    for (var position = from; position < end; position++) {
      if (position % RECORDS_BETWEEN_LOOKS == 0 && row.isClosed()) {
        throw new UnavailableException(
            UnavailableException.Reason.CLOSED, "The store was closed while it was indexed");
      }
      try {
        add(table, position, cursor.moveToIfThere(position), cursor);
      } catch (CorruptLogException e) {
        passOver(e);
      }
    }
    table.skipTo(end);
    return table;
  }

  private static void add(MemoryTable table, long position, boolean isThere, RecordCursor cursor) {
    if (isThere) {
      table.add(cursor);
    } else {
      table.addForgotten(position, cursor.kindOf(position));
    }
  }

  private void passOver(CorruptLogException e) {
    if (!options.readOnly()) {
      throw e;
    }
    LOGGER.log(System.Logger.Level.WARNING, e.getMessage());
  }

  // ---- being made

  /// Whether every list is complete; from then on it stays so.
  public boolean isWhole() {
    return coverage.isWhole();
  }

  /// Completes when every list is complete, or fails when it is known that the log is damaged where
  /// it has to be read.
  public CompletionStage<Void> whole() {
    return coverage.whole();
  }

  /// Why it will never be whole, if that is so.
  public Optional<CorruptLogException> damage() {
    return Optional.ofNullable(coverage.damage());
  }

  /// How many events the parts cover.
  public long indexed() {
    return Arrays.stream(row.parts()).mapToLong(part -> part.end() - part.first()).sum();
  }

  /// Refuses to answer from half an index.
  ///
  /// @throws UnavailableException while the index is being made
  /// @throws CorruptLogException if it cannot be, since the log is damaged
  public void requireWhole() {
    if (!coverage.isWhole()) {
      throw refusal();
    }
  }

  private RuntimeException refusal() {
    if (row.isClosed()) {
      return new UnavailableException(UnavailableException.Reason.CLOSED, "The store was closed");
    }
    var failure = indexer.failure();
    if (failure != null) {
      indexer.tryAgain();
    }
    return coverage.refusal(indexed(), log.end(), failure);
  }

  Coverage coverage() {
    return coverage;
  }

  void logProgress(long indexed) {
    LOGGER.log(
        System.Logger.Level.INFO,
        "Indexed {0} of {1} events",
        Long.toString(indexed),
        Long.toString(log.end()));
  }

  /// The first positions that no part covers, at most as many as a table takes.
  ///
  /// @return from which to below which; empty at the end of the log if none lack
  MissingRange firstMissing() {
    var from = 0L;
    for (var part : row.parts()) {
      if (part.first() > from) {
        return missing(from, part.first());
      }
      from = part.end();
    }
    return missing(from, log.end());
  }

  private MissingRange missing(long from, long end) {
    return new MissingRange(from, Math.min(end, from + options.tableEvents()));
  }

  /// Positions that no part covers.
  record MissingRange(long from, long end) {}

  /// Begins to answer: with the newest events in the table that others are about to be added to.
  void becomeWhole(MemoryTable newest) {
    live = newest;
    row.insert(newest);
    coverage.becomeWhole();
    LOGGER.log(
        System.Logger.Level.INFO,
        "The index is whole: it covers {0} events",
        Long.toString(log.end()));
  }

  // ---- adding

  /// Adds an event. By one thread, in the order of positions. Waits if full tables cannot be
  /// written as fast as they come.
  ///
  /// @param correlationId what its metadata says it belongs to; null if that is nothing
  public void add(
      long position,
      StreamName stream,
      long revision,
      String type,
      List<Tag> tagged,
      @Nullable String correlationId) {
    freezeIfFull(position);
    live.add(position, stream, revision, type, tagged, correlationId);
  }

  /// Between batches only: what is written as a segment must have been published.
  private void freezeIfFull(long position) {
    if (position <= log.end() && !options.readOnly() && isFull(position)) {
      freeze(position);
    }
  }

  private boolean isFull(long end) {
    return live.size() >= options.tableEvents()
        || log.bytesBetween(live.first(), end) >= options.tableBytes();
  }

  private void freeze(long position) {
    row.awaitTablesBelow(FROZEN_MAX, () -> indexer.failure() != null);
    if (position < log.end()) {
      logProgress(position);
    }
    live = new MemoryTable(position);
    row.insert(live);
    indexer.wake();
  }

  /// Knows which keys the parts before one have.
  MemoryTable.Known before(Part part) {
    return before(part, row.parts());
  }

  /// Knows which keys the parts before a position have.
  MemoryTable.Known before(long position) {
    return known(Arrays.stream(row.parts()).filter(part -> part.end() <= position).toList());
  }

  private MemoryTable.Known before(Part part, Part[] parts) {
    var all = List.of(parts);
    return known(all.subList(0, all.indexOf(part)));
  }

  private MemoryTable.Known known(List<Part> before) {
    return (kind, key) -> {
      var sought = new IndexKey(kind, key, options.hash());
      return before.stream()
          .filter(earlier -> !(earlier instanceof Segment segment && segment.isDamaged()))
          .anyMatch(earlier -> earlier.find(sought) != null);
    };
  }

  /// Merges the files of the index to as few as there may be, behind everything else; returns at
  /// once.
  public void mergeAll() {
    if (started && !options.readOnly()) {
      indexer.mergeAll();
    }
  }

  /// What became of a segment that was looked through for what is forgotten.
  ///
  /// @param first its first position
  /// @param segment the name that its file had
  /// @param keys how many tags and correlation ids were left out
  /// @param bytesFreed how much smaller the file is now
  /// @param isWrittenAgain whether it was written again
  public record Forgotten(
      long first, String segment, long keys, long bytesFreed, boolean isWrittenAgain) {}

  /// Forgets tags, correlation ids and the ids of last events, in every segment, of which the log
  /// has nothing any more. From the last segment to the first, for a key counts as new in the first
  /// that has it.
  ///
  /// @param passed is told of bytes that were looked at or written, and ends the work by what it
  ///   throws; the segments are whole then
  /// @param told of each segment that was written again
  public void forget(LongConsumer passed, Consumer<Forgotten> told) throws IOException {
    var position = Long.MAX_VALUE;
    for (var next = indexer.forgetBelow(position, passed);
        next != null;
        next = indexer.forgetBelow(position, passed)) {
      if (next.isWrittenAgain()) {
        told.accept(next);
      }
      position = next.first();
    }
  }

  void damageFound(Segment segment) {
    if (started && !options.readOnly()) {
      indexer.wake();
    }
  }

  // ---- asking

  private IndexKey key(KeyKind kind, String text) {
    requireWhole();
    return new IndexKey(kind, text, options.hash());
  }

  /// The events of a stream.
  public StreamPostings stream(String name) {
    return new StreamPostings(row, key(KeyKind.STREAM, name));
  }

  /// The events of the streams of a category.
  public Postings category(String category) {
    return new KeyPostings(row, key(KeyKind.CATEGORY, category));
  }

  /// No events.
  public Postings none() {
    requireWhole();
    return NoPostings.INSTANCE;
  }

  /// The events of a type.
  public Postings type(String type) {
    return new KeyPostings(row, key(KeyKind.TYPE, type));
  }

  /// The events that carry a tag.
  public Postings tag(String tag) {
    return new KeyPostings(row, key(KeyKind.TAG, tag));
  }

  /// The events that belong to a correlation id; no links.
  public Postings correlation(String id) {
    return new KeyPostings(row, key(KeyKind.CORRELATION, id));
  }

  /// The events of revision 0 of all streams that are no system streams.
  public Postings streamStarts() {
    return new KeyPostings(row, key(KeyKind.BEGINNINGS, MemoryTable.OF_ALL_STREAMS));
  }

  /// The events of revision 0 of the streams of a category.
  public Postings streamStarts(String category) {
    return new KeyPostings(row, key(KeyKind.BEGINNINGS, category));
  }

  /// The names of streams in the order of [String#compareTo], while they grow: all that begin with
  /// a prefix and are not before a name.
  ///
  /// @param prefix what they begin with; may be empty
  /// @param from the first name wanted; may be empty
  public Iterator<String> streamNames(String prefix, String from) {
    return texts(KeyKind.STREAM, prefix, from.compareTo(prefix) < 0 ? prefix : from);
  }

  /// The names of all event types, in order, while they grow.
  public Iterator<String> typeNames() {
    return texts(KeyKind.TYPE, "", "");
  }

  /// The names of all categories, in order, while they grow.
  public Iterator<String> categoryNames() {
    return texts(KeyKind.CATEGORY, "", "");
  }

  private KeyTexts texts(KeyKind kind, String prefix, String from) {
    requireWhole();
    return new KeyTexts(row, kind, prefix, from);
  }

  /// The names of the streams that begin with a prefix, in order, if they are not too many.
  ///
  /// @param most how many that may be
  /// @return the names; empty if there are more
  public Optional<List<String>> streamNames(String prefix, int most) {
    return names(KeyKind.STREAM, prefix, most);
  }

  /// The names of the event types that begin with a prefix, in order, if they are not too many.
  ///
  /// @param most how many that may be
  /// @return the names; empty if there are more
  public Optional<List<String>> typeNames(String prefix, int most) {
    return names(KeyKind.TYPE, prefix, most);
  }

  private Optional<List<String>> names(KeyKind kind, String prefix, int most) {
    requireWhole();
    // Tables sort their names before they give the first: not for nothing.
    if (Arrays.stream(row.parts())
        .anyMatch(
            part -> part instanceof MemoryTable table && table.hasMoreThan(most, kind, prefix))) {
      return Optional.empty();
    }
    var names = new ArrayList<String>();
    var all = texts(kind, prefix, prefix);
    while (all.hasNext()) {
      if (names.size() == most) {
        return Optional.empty();
      }
      names.add(all.next());
    }
    return Optional.of(names);
  }

  /// How many keys there are of each kind; while the index is being made, in what there is of it.
  public KeyCounts keyCounts() {
    return new KeyCounts(
        count(KeyKind.STREAM), count(KeyKind.CATEGORY), count(KeyKind.TYPE), count(KeyKind.TAG));
  }

  private long count(KeyKind kind) {
    while (true) {
      var parts = row.parts();
      try {
        return Arrays.stream(parts).mapToLong(part -> newKeys(kind, part, parts)).sum();
      } catch (IllegalStateException e) {
        row.requireChangedSince(parts, e);
      }
    }
  }

  private long newKeys(KeyKind kind, Part part, Part[] parts) {
    return switch (part) {
      case Segment segment -> segment.header().newKeys()[kind.code()];
      case MemoryTable table -> table.newKeys(kind, before(table, parts), log.isScavenged());
    };
  }

  /// How many keys there are of each kind.
  public record KeyCounts(long streams, long categories, long types, long tags) {}

  /// How far a merge is, or a segment that is written again.
  ///
  /// @param segments how many become one
  /// @param bytes how many were written
  /// @param bytesMax how many they will be, at most
  public record MergeProgress(int segments, long bytes, long bytesMax) {}

  /// What the index is made of now.
  ///
  /// @param segments how many files
  /// @param segmentBytes their size
  /// @param segmentEvents how many events they cover
  /// @param tables how many tables are in memory
  /// @param tableEvents how many events they cover
  /// @param merging the merge under way
  /// @param failure why the last work failed
  public record State(
      int segments,
      long segmentBytes,
      long segmentEvents,
      int tables,
      long tableEvents,
      Optional<MergeProgress> merging,
      Optional<String> failure) {}

  /// What the index is made of now.
  public State state() {
    var parts = row.parts();
    var segments = Row.segments(List.of(parts));
    var tables = Arrays.stream(parts).filter(MemoryTable.class::isInstance).toList();
    return new State(
        segments.size(),
        segments.stream().mapToLong(Segment::sizeBytes).sum(),
        segments.stream().mapToLong(Segment::size).sum(),
        tables.size(),
        tables.stream().mapToLong(table -> table.end() - table.first()).sum(),
        Optional.ofNullable(indexer.merging()),
        Optional.ofNullable(indexer.failure()).map(Throwable::toString));
  }

  /// Ends the work behind, when what is under way has come to an end, and lets go of the files.
  @Override
  public void close() throws IOException {
    if (row.isClosed()) {
      return;
    }
    row.close();
    indexer.finish();
    coverage.close();
    if (options.executor() instanceof ExecutorService own) {
      own.shutdown();
    }
    try (disk) {
      SegmentFiles.closeAll(row.segments());
    }
  }

  /// A key that nothing has.
  private enum NoPostings implements Postings {
    INSTANCE;

    @Override
    public long countBelow(long end) {
      return 0;
    }

    @Override
    public long at(long ordinal) {
      throw new IndexOutOfBoundsException("There are no events, got ordinal " + ordinal);
    }

    @Override
    public long ordinalOf(long position, long count) {
      return 0;
    }

    @Override
    public long next(long from, long end) {
      return NONE;
    }

    @Override
    public long previous(long below) {
      return NONE;
    }
  }
}
