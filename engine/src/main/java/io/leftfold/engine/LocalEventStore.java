// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine;

import io.leftfold.api.AppendResult;
import io.leftfold.api.BackupReport;
import io.leftfold.api.Commit;
import io.leftfold.api.ContentType;
import io.leftfold.api.CorruptLogException;
import io.leftfold.api.CurrentMetadata;
import io.leftfold.api.EventCounts;
import io.leftfold.api.EventRead;
import io.leftfold.api.EventStore;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.LeftfoldException;
import io.leftfold.api.LimitExceededException;
import io.leftfold.api.ListOptions;
import io.leftfold.api.NotAuthorizedException;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.Query;
import io.leftfold.api.QueryRead;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.StreamAppend;
import io.leftfold.api.StreamMetadata;
import io.leftfold.api.StreamName;
import io.leftfold.api.StreamRead;
import io.leftfold.api.StreamState;
import io.leftfold.api.StreamSummary;
import io.leftfold.api.StreamTombstonedException;
import io.leftfold.api.SubscribeOptions;
import io.leftfold.api.Tracking;
import io.leftfold.api.UnavailableException;
import io.leftfold.engine.disk.DirectoryDisk;
import io.leftfold.engine.disk.DirectoryLock;
import io.leftfold.engine.disk.Disk;
import io.leftfold.engine.disk.MemoryDisk;
import io.leftfold.engine.index.Index;
import io.leftfold.engine.index.IndexOptions;
import io.leftfold.engine.log.Log;
import io.leftfold.engine.log.LogBackup;
import io.leftfold.engine.log.LogOptions;
import io.leftfold.engine.scavenge.Scavenge;
import io.leftfold.engine.stream.Committer;
import io.leftfold.engine.stream.Completion;
import io.leftfold.engine.stream.DiskRoom;
import io.leftfold.engine.stream.MetadataJson;
import io.leftfold.engine.stream.StreamReader;
import io.leftfold.engine.subscription.Subscriptions;
import io.leftfold.engine.subscription.Wakeups;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// An event store in this process: in a directory, or in memory.
///
/// One process has a directory at a time; a second one is refused. Several may share it to read
/// only, while nobody writes. When [#append(List)] returns, the events have reached the disk
/// ([Durability]). A process that is killed loses nothing that was acknowledged: opening cuts what
/// was being written ([#recovery()]) and refuses a log that is damaged ([CorruptLogException]),
/// unless it is opened for reading only.
///
/// The event at position 0, in the stream [#GENESIS], names the store, so other events begin at 1.
public final class LocalEventStore implements EventStore {

  /// The stream of the first event of each store.
  public static final StreamName GENESIS = StreamName.of("$genesis");

  private static final System.Logger LOGGER = System.getLogger(LocalEventStore.class.getName());
  static final String LOG_DIRECTORY = "log";
  static final String INDEX_DIRECTORY = "index";
  private static final long MEMORY_CHUNK_BYTES = 4L << 20;

  /// An append of very many very small events takes far more in the log than their sizes say: it
  /// may take this many times the largest append, names and headers counted.
  private static final int RECORDED_FACTOR = 2;

  private static final int RECORD_BYTES = 48;

  private final Log log;
  private final Index index;
  private final EngineOptions options;
  private final StreamReader reader;
  private final Subscriptions subscriptions;
  private final Wakeups wakeups;
  private final @Nullable Committer committer;
  private final @Nullable DirectoryLock lock;
  private @Nullable LocalScavenge scavenge;

  /// Where the parts of a store are.
  ///
  /// @param log the log
  /// @param index the index
  private record Disks(Disk log, Disk index) {}

  private LocalEventStore(
      Disks disks, EngineOptions options, IndexOptions indexOptions, @Nullable DirectoryLock lock)
      throws IOException {
    this.options = options;
    this.lock = lock;
    this.log =
        Log.open(
            disks.log,
            new LogOptions(
                options.chunkBytesMax(),
                options.durability() == Durability.FSYNC,
                options.readOnly()),
            () -> randomId(options.random()),
            options.clock());
    try {
      this.index = Index.open(disks.index, log, indexOptions);
    } catch (IOException | RuntimeException e) {
      log.close();
      throw e;
    }
    this.reader = new StreamReader(log, index, options.clock());
    this.wakeups = new Wakeups(log::end, log.cursor(), reader::matching, options.threads());
    this.subscriptions = new Subscriptions(reader, wakeups, options.clock());
    try {
      this.committer = options.readOnly() ? null : newCommitter();
    } catch (RuntimeException e) {
      closing(index);
      log.close();
      throw e;
    }
    index.start();
    wakeups.start();
    if (committer != null) {
      committer.start();
      if (log.end() == 0) {
        recordGenesisOrClose();
      }
    }
  }

  /// Opens the store in a directory with [EngineOptions#defaults()]; creates it if there is none.
  ///
  /// @param directory where the store is
  /// @return the store, to be closed after use
  /// @throws UnavailableException if another process or store has the directory, or it cannot be
  ///   used
  /// @throws CorruptLogException if the log is damaged
  public static LocalEventStore open(Path directory) {
    return open(directory, EngineOptions.defaults());
  }

  /// Opens the store in a directory; creates it if there is none, unless for reading only.
  ///
  /// @param directory where the store is
  /// @param options how to keep it
  /// @return the store, to be closed after use
  /// @throws UnavailableException if another process or store has the directory, or it cannot be
  ///   used
  /// @throws CorruptLogException if the log is damaged
  public static LocalEventStore open(Path directory, EngineOptions options) {
    try {
      return options.readOnly()
          ? openReadOnly(directory, options)
          : openLocked(directory, options, indexOptions(options));
    } catch (IOException e) {
      throw new UnavailableException(
          UnavailableException.Reason.CLOSED,
          "The store in %s could not be opened: %s".formatted(directory, e),
          e);
    }
  }

  private static LocalEventStore openReadOnly(Path directory, EngineOptions options)
      throws IOException {
    var logDisk = DirectoryDisk.openReadOnly(directory.resolve(LOG_DIRECTORY));
    var disks = new Disks(logDisk, DirectoryDisk.openReadOnly(directory.resolve(INDEX_DIRECTORY)));
    var lock = sharedLock(directory);
    try {
      logDisk.readEnds(options.threads());
      return new LocalEventStore(disks, options, indexOptions(options), lock);
    } catch (IOException | RuntimeException e) {
      if (lock != null) {
        lock.close();
      }
      throw e;
    }
  }

  /// A lock that keeps writers away; none where no writer ever was.
  static @Nullable DirectoryLock sharedLock(Path directory) throws IOException {
    try {
      return DirectoryLock.share(directory).orElse(null);
    } catch (DirectoryLock.TakenException e) {
      throw inUse(directory, e);
    }
  }

  private static UnavailableException inUse(Path directory, DirectoryLock.TakenException e) {
    return new UnavailableException(
        UnavailableException.Reason.IN_USE,
        "The store in %s is open already, in %s; close it there, or connect to its server"
            .formatted(directory, e.owner()),
        e);
  }

  /// Opens the store in a directory and makes its index anew from the log.
  static LocalEventStore openWithNewIndex(Path directory, EngineOptions options)
      throws IOException {
    return openLocked(directory, options, indexOptions(options).withNewIndex());
  }

  private static LocalEventStore openLocked(
      Path directory, EngineOptions options, IndexOptions indexOptions) throws IOException {
    var logDisk = DirectoryDisk.open(directory.resolve(LOG_DIRECTORY));
    var disks = new Disks(logDisk, DirectoryDisk.open(directory.resolve(INDEX_DIRECTORY)));
    DirectoryLock lock;
    try {
      lock = DirectoryLock.take(directory);
    } catch (DirectoryLock.TakenException e) {
      throw inUse(directory, e);
    }
    try {
      logDisk.readEnds(options.threads());
      return new LocalEventStore(disks, options, indexOptions, lock);
    } catch (IOException | RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  /// Opens an empty store in memory.
  ///
  /// @return the store, to be closed after use
  public static LocalEventStore inMemory() {
    return inMemory(EngineOptions.defaults().withChunkBytesMax(MEMORY_CHUNK_BYTES));
  }

  /// Opens an empty store in memory.
  ///
  /// @param options how to keep it; small log files suit best
  /// @return the store, to be closed after use
  public static LocalEventStore inMemory(EngineOptions options) {
    return on(new MemoryDisk(), options);
  }

  /// Opens the store on a disk of any kind; for tests that own the disk.
  static LocalEventStore on(Disk disk, EngineOptions options) {
    return on(disk, disk, options, indexOptions(options));
  }

  /// Opens the store on disks of any kind, with an index of any kind; for tests.
  static LocalEventStore on(
      Disk log, Disk index, EngineOptions options, IndexOptions indexOptions) {
    try {
      return new LocalEventStore(new Disks(log, index), options, indexOptions, null);
    } catch (IOException e) {
      throw new UnavailableException(
          UnavailableException.Reason.CLOSED, "The store could not be opened: " + e, e);
    }
  }

  private static IndexOptions indexOptions(EngineOptions options) {
    return IndexOptions.standard(
            options.indexTableEvents(),
            options.readOnly(),
            Executors.newSingleThreadExecutor(work -> {
              var thread = options.threads().newThread(work);
              thread.setName("leftfold-indexer");
              return thread;
            }))
        .withAtOpeningMax(options.indexedAtOpeningMax());
  }

  private Committer newCommitter() {
    return new Committer(
        log,
        index,
        new Committer.QueueLimits(options.queueLengthMax(), options.queueBytesMax()),
        () -> randomId(options.random()),
        // Not from `random`: what a store writes does not depend on how a table is laid out.
        new SecureRandom().nextLong(),
        System::nanoTime,
        options.threads(),
        wakeups::signal);
  }

  private void recordGenesisOrClose() {
    try {
      recordGenesis();
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private void recordGenesis() {
    var data = "{\"store\":\"%s\"}".formatted(log.storeId()).getBytes(StandardCharsets.UTF_8);
    var event =
        new ProposedEvent(
            randomId(options.random()),
            GENESIS.value(),
            ContentType.JSON,
            data,
            new byte[0],
            List.of());
    append(GENESIS, ExpectedState.noStream(), event);
  }

  private static UUID randomId(RandomGenerator random) {
    var high = (random.nextLong() & 0xFFFFFFFFFFFF0FFFL) | 0x4000L;
    var low = (random.nextLong() & 0x3FFFFFFFFFFFFFFFL) | 0x8000000000000000L;
    return new UUID(high, low);
  }

  // ---- writing

  @Override
  public AppendResult append(Commit commit) {
    var bytes = validate(commit);
    var waiter = new Waiter();
    writer().append(commit, bytes, waiter);
    return waiter.await();
  }

  /// Appends without blocking; otherwise as [#append(List)].
  ///
  /// @param parts one entry per stream
  /// @param completion told when it is durable
  /// @throws UnavailableException if the queue is full, or the store closed or read-only
  /// @throws LimitExceededException if an event or the commit is too large
  public void append(List<StreamAppend> parts, AppendCompletion completion) {
    append(Commit.of(parts), completion);
  }

  /// Appends without blocking; otherwise as [#append(Commit)].
  ///
  /// @param commit what to append, on what conditions
  /// @param completion told when it is durable
  /// @throws UnavailableException if the queue is full, or the store closed or read-only
  /// @throws LimitExceededException if an event or the commit is too large
  public void append(Commit commit, AppendCompletion completion) {
    append(check(commit), completion);
  }

  /// Appends without blocking what was checked before; otherwise as [#append(Commit)].
  ///
  /// @param checked by this store
  /// @param completion told when it is durable
  /// @throws UnavailableException if the queue is full, or the store closed or read-only
  /// @throws IllegalArgumentException if another store has checked it
  public void append(CheckedCommit checked, AppendCompletion completion) {
    if (checked.store != this) {
      throw new IllegalArgumentException("A commit is appended to the store that has checked it");
    }
    writer().offer(checked.commit, checked.bytes(), handingOverTo(completion));
  }

  /// Finds out whether a commit makes sense, whatever the store holds: what [#append] throws of
  /// that kind, this throws too.
  ///
  /// @param commit what may be appended
  /// @return the commit, to be appended without being checked again
  /// @throws LimitExceededException if an event or the commit is too large
  public CheckedCommit check(Commit commit) {
    return new CheckedCommit(this, commit, validate(commit));
  }

  private long validate(Commit commit) {
    var parts = commit.parts();
    if (parts.isEmpty()) {
      throw new IllegalArgumentException("An append has at least one stream, got none");
    }
    if (parts.size() > 1 || commit.tracking().isPresent()) {
      requireNamedWell(commit);
    }
    parts.forEach(part -> requireWritable(part.stream(), "append to"));
    var total = 0L;
    var recorded = 0L;
    for (var part : parts) {
      for (var event : part.events()) {
        var size = sizeOf(event);
        total += size;
        recorded += size + bytesBesides(part.stream(), event);
      }
    }
    if (total > options.appendBytesMax()) {
      throw LimitExceededException.append(total, options.appendBytesMax());
    }
    if (recorded > RECORDED_FACTOR * options.appendBytesMax()) {
      throw LimitExceededException.append(recorded, RECORDED_FACTOR * options.appendBytesMax());
    }
    return recorded;
  }

  private static void requireNamedWell(Commit commit) {
    var tracked = commit.tracking().map(Tracking::stream);
    var seen = new HashSet<StreamName>();
    for (var part : commit.parts()) {
      if (tracked.equals(Optional.of(part.stream()))) {
        throw new IllegalArgumentException(
            "An append does not name %s, in which it records its tracking"
                .formatted(part.stream()));
      }
      if (!seen.add(part.stream()) && !(part.expected() instanceof ExpectedState.Any)) {
        throw new IllegalArgumentException(
            "An append expects something of a stream where it names it first, got %s of %s again"
                .formatted(part.expected(), part.stream()));
      }
    }
  }

  /// What an event takes in the log beside what its size counts: names come with each event.
  private static long bytesBesides(StreamName stream, ProposedEvent event) {
    var bytes = RECORD_BYTES + stream.value().length();
    for (var tag : event.tags()) {
      bytes += 2 + tag.value().length();
    }
    return bytes;
  }

  private long sizeOf(ProposedEvent event) {
    var size = event.data().length + (long) event.metadata().length + 2L * event.type().length();
    if (size > options.eventBytesMax()) {
      throw LimitExceededException.event(event.id(), size, options.eventBytesMax());
    }
    return size;
  }

  private static void requireWritable(StreamName stream, String action) {
    if (stream.isVirtual() || stream.value().equals("$all")) {
      throw new NotAuthorizedException(
          "Nobody can %s %s: it is answered by the index".formatted(action, stream));
    }
  }

  private static void requireDeletable(StreamName stream) {
    requireWritable(stream, "delete");
    if (stream.isMetastream()) {
      throw new NotAuthorizedException(
          "Nobody can delete %s: write the metadata of %s instead"
              .formatted(stream, stream.original()));
    }
  }

  @Override
  public long delete(StreamName stream, ExpectedState expected) {
    return delete(stream, expected, false);
  }

  @Override
  public long tombstone(StreamName stream, ExpectedState expected) {
    return delete(stream, expected, true);
  }

  private long delete(StreamName stream, ExpectedState expected, boolean forEver) {
    requireDeletable(stream);
    var waiter = new Waiter();
    writer().delete(stream, expected, forEver, waiter);
    return waiter.await().position().orElseThrow();
  }

  /// Deletes without blocking; otherwise as [#delete(StreamName, ExpectedState)].
  ///
  /// @param stream the stream
  /// @param expected what the caller believes about it
  /// @param completion told when it is durable, with the position of the record
  public void delete(StreamName stream, ExpectedState expected, AppendCompletion completion) {
    requireDeletable(stream);
    writer().offerDelete(stream, expected, false, handingOverTo(completion));
  }

  /// Tombstones without blocking; otherwise as [#tombstone(StreamName, ExpectedState)].
  ///
  /// @param stream the stream
  /// @param expected what the caller believes about it
  /// @param completion told when it is durable, with the position of the record
  public void tombstone(StreamName stream, ExpectedState expected, AppendCompletion completion) {
    requireDeletable(stream);
    writer().offerDelete(stream, expected, true, handingOverTo(completion));
  }

  @Override
  public AppendResult writeMetadata(
      StreamName stream, ExpectedState expected, StreamMetadata metadata) {
    StreamReader.requireNoMetastream(stream);
    if (state(stream) instanceof StreamState.Tombstoned) {
      throw new StreamTombstonedException(stream); // by the name that the caller gave
    }
    return append(
        stream.metastream(),
        expected,
        new ProposedEvent(
            randomId(options.random()),
            RecordedEvent.METADATA_TYPE,
            ContentType.JSON,
            MetadataJson.encode(metadata),
            new byte[0],
            List.of()));
  }

  private Committer writer() {
    log.requireOpen();
    if (committer == null) {
      throw new UnavailableException(
          UnavailableException.Reason.READ_ONLY, "The store was opened for reading only");
    }
    index.requireWhole();
    return committer;
  }

  // ---- reading

  @Override
  public StreamRead read(StreamName stream, ReadOptions options) {
    log.requireOpen();
    return reader.read(stream, options);
  }

  @Override
  public EventRead readAll(ReadOptions options) {
    log.requireOpen();
    return reader.readAll(options);
  }

  @Override
  public QueryRead read(Query query, ReadOptions options) {
    log.requireOpen();
    return reader.read(query, options);
  }

  @Override
  public OptionalLong trackingPosition(String source) {
    log.requireOpen();
    return reader.trackingPosition(source);
  }

  @Override
  public LocalSubscription subscribe(StreamName stream, SubscribeOptions options) {
    log.requireOpen();
    return new LocalSubscription(subscriptions.toStream(stream, options));
  }

  @Override
  public LocalSubscription subscribeToAll(SubscribeOptions options) {
    log.requireOpen();
    return new LocalSubscription(subscriptions.toAll(options));
  }

  @Override
  public StreamState state(StreamName stream) {
    log.requireOpen();
    return reader.state(stream);
  }

  @Override
  public CurrentMetadata metadata(StreamName stream) {
    log.requireOpen();
    return reader.metadata(stream);
  }

  @Override
  public List<StreamSummary> streams(ListOptions options) {
    log.requireOpen();
    return reader.list(options);
  }

  @Override
  public Optional<Long> lastPosition() {
    log.requireOpen();
    var end = log.end();
    return end == 0 ? Optional.empty() : Optional.of(end - 1);
  }

  @Override
  public long positionAt(Instant time) {
    log.requireOpen();
    return reader.positionAt(time);
  }

  // ---- forgetting

  /// Forgets, in the background, what readers of its stream do not see any more: the events that
  /// `$maxCount`, `$maxAge` and `$tb` hide, those of deleted streams and those before a tombstone.
  /// Of every live stream the last event stays. Log files that are still written are left alone.
  /// Positions, revisions and the numbers in virtual streams stay what they are. Readers go on
  /// meanwhile, and so does writing. In the end the index forgets tags and correlation ids that no
  /// event has any more.
  ///
  /// What may be forgotten is judged as of the beginning ([ScavengeOptions] tells what else can be
  /// asked for). Its history is in the stream `$scavenges`.
  ///
  /// @param options how
  /// @return the scavenge, which has begun
  /// @throws UnavailableException if one is running already, or the store is closed or was opened
  ///   for reading only (which does for a dry run)
  public synchronized LocalScavenge scavenge(ScavengeOptions options) {
    log.requireOpen();
    index.requireWhole();
    if (!options.dryRun()) {
      var _ = writer();
    }
    var running = scavenge;
    if (running != null && running.isRunning()) {
      throw new UnavailableException(
          UnavailableException.Reason.IN_USE,
          "Scavenge %s is running already; wait for it, or stop it".formatted(running.id()));
    }
    var work =
        new Scavenge(
            log,
            index,
            reader,
            (stream, event) -> append(stream, ExpectedState.any(), event).position().orElseThrow(),
            () -> randomId(this.options.random()),
            this.options.clock(),
            options.terms());
    var begun = new LocalScavenge(work);
    var thread = this.options.threads().newThread(work);
    thread.setName("leftfold-scavenge");
    scavenge = begun;
    thread.start();
    return begun;
  }

  /// The scavenge that was begun last since the store was opened, running or not.
  ///
  /// @return the scavenge; empty if there was none
  public synchronized Optional<LocalScavenge> lastScavenge() {
    return Optional.ofNullable(scavenge);
  }

  /// Ends a scavenge at once. An interrupt does not end the wait: files are about to be closed that
  /// it reads.
  private static void end(LocalScavenge running) {
    running.stop();
    var interrupted = false;
    while (running.isRunning()) {
      try {
        running.await();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  // ---- keeping a copy

  /// Copies the store to a directory, while it is read, written and scavenged; what is there from
  /// the last time is not copied again. The copy is a store itself, as this one was at a moment
  /// before this returns: everything below [BackupReport#nextPosition()] is in it, and nothing
  /// else. It can be checked, opened, and restored from ([StoreRestore], [StoreRepair]).
  ///
  /// @param directory where the copy is, or is to be
  /// @return what was done
  /// @throws CorruptLogException if a log file is damaged; the copy is as it was, or newer
  /// @throws IllegalArgumentException if there is a copy of another store, or of another history
  /// @throws UnavailableException if the directory cannot be written, or is in use
  public BackupReport backup(Path directory) {
    return backup(directory, _ -> {});
  }

  /// The same, telling how far it is.
  ///
  /// @param directory where the copy is, or is to be
  /// @param progress is told how many bytes were copied, after each mebibyte or less, on this
  ///   thread; what it throws ends the backup, and the next one goes on from there
  /// @return what was done
  /// @throws CorruptLogException if a log file is damaged; the copy is as it was, or newer
  /// @throws IllegalArgumentException if there is a copy of another store, or of another history
  /// @throws UnavailableException if the directory cannot be written, or is in use
  public BackupReport backup(Path directory, LongConsumer progress) {
    log.requireOpen();
    try {
      var target = DirectoryDisk.open(directory.resolve(LOG_DIRECTORY));
      try (var _ = DirectoryLock.take(directory)) {
        return backup(target, progress);
      }
    } catch (DirectoryLock.TakenException e) {
      throw new UnavailableException(
          UnavailableException.Reason.IN_USE,
          "%s is in use, in %s; a backup goes to a directory of its own"
              .formatted(directory, e.owner()),
          e);
    } catch (IOException e) {
      throw new UnavailableException(
          UnavailableException.Reason.CLOSED,
          "The backup to %s failed: %s".formatted(directory, e),
          e);
    }
  }

  /// Copies the store to a disk of any kind; for tests that own the disk.
  BackupReport backup(Disk target) throws IOException {
    return backup(target, _ -> {});
  }

  private BackupReport backup(Disk target, LongConsumer progress) throws IOException {
    return LogBackup.run(log, target, progress);
  }

  // ---- the store itself

  /// The id that the store got when it was created.
  ///
  /// @return a random UUID
  public UUID storeId() {
    return log.storeId();
  }

  /// The largest event that is taken.
  ///
  /// @return as [EngineOptions#eventBytesMax()]
  public long eventBytesMax() {
    return options.eventBytesMax();
  }

  /// The largest append that is taken.
  ///
  /// @return as [EngineOptions#appendBytesMax()]
  public long appendBytesMax() {
    return options.appendBytesMax();
  }

  /// What opening had to cut.
  ///
  /// @return the report; empty if there was nothing to cut
  public Optional<RecoveryReport> recovery() {
    return log.recovery()
        .cut()
        .map(cut -> new RecoveryReport(cut.file(), cut.offset(), cut.bytes(), cut.nextPosition()));
  }

  /// The damage that opening for reading only went around.
  ///
  /// @return the first damage found; empty if there was none, or it was not looked for
  public Optional<CorruptLogException> damage() {
    return log.recovery().damage();
  }

  /// What the store holds now.
  ///
  /// @return the figures
  public StoreStats stats() {
    log.requireOpen();
    var keys = index.keyCounts();
    return new StoreStats(
        log.end(),
        keys.streams(),
        keys.categories(),
        keys.types(),
        keys.tags(),
        log.chunkCount(),
        log.sizeBytes(),
        committer == null ? 0 : committer.queueLength());
  }

  /// How much the writer has to do, and whether it can. Asks the disk how much room there is.
  ///
  /// @return the figures; of a store opened for reading only, those of a queue that is empty
  public WriterState writerState() {
    log.requireOpen();
    return new WriterState(
        committer == null ? 0 : committer.queueLength(),
        options.queueLengthMax(),
        committer == null ? 0 : committer.queueBytes(),
        options.queueBytesMax(),
        log.usableBytes(),
        DiskRoom.RESERVE_BYTES,
        committer == null ? Optional.empty() : committer.failure().map(Throwable::toString));
  }

  /// How large the log is: cheaper than [#stats()], which counts keys.
  ///
  /// @return the figures
  public LogState logState() {
    log.requireOpen();
    return new LogState(log.end(), log.chunkCount(), log.sizeBytes());
  }

  /// Where an event lies in the files.
  ///
  /// @param position of the event
  /// @return the place; empty if there is no event at the position (any more)
  /// @throws CorruptLogException if the place was damaged
  public Optional<EventPlace> place(long position) {
    log.requireOpen();
    return log.placeOf(position)
        .map(place ->
            new EventPlace(
                position, place.file(), place.generation(), place.sealed(), place.offset()));
  }

  /// Tells of each batch from now on, before it tells those who appended: so whoever is told of an
  /// append has just heard, on the same thread, of the batch that it was in. A second listener
  /// replaces the first.
  ///
  /// @param listener called on the writing thread, which writes for everybody: count and return
  public void onBatch(Consumer<? super BatchReport> listener) {
    if (committer != null) {
      committer.onBatch(batch ->
          listener.accept(
              new BatchReport(
                  batch.answers(),
                  batch.events(),
                  batch.bytes(),
                  batch.begun(),
                  batch.judging(),
                  batch.writing(),
                  batch.syncing(),
                  batch.indexing())));
    }
  }

  /// What the index is made of now.
  ///
  /// @return the figures
  public IndexState indexState() {
    log.requireOpen();
    var state = index.state();
    return new IndexState(
        state.segments(),
        state.segmentBytes(),
        state.segmentEvents(),
        state.tables(),
        state.tableEvents(),
        state
            .merging()
            .map(merge -> new IndexState.Merge(merge.segments(), merge.bytes(), merge.bytesMax())),
        state.failure());
  }

  /// Merges the files of the index to as few as there may be, in the background, behind everything
  /// else that is done there; how far that is shows in [#indexState()]. Nothing depends on it: the
  /// index merges by itself what is worth it.
  public void mergeIndex() {
    log.requireOpen();
    index.mergeAll();
  }

  /// How far the index is: whole, unless the store was opened without waiting for it
  /// ([EngineOptions#indexedAtOpeningMax()]).
  ///
  /// @return how far
  public IndexProgress indexProgress() {
    log.requireOpen();
    var state = index.isWhole() ? IndexProgress.State.WHOLE : IndexProgress.State.BEING_MADE;
    var damage = index.damage();
    if (damage.isPresent()) {
      return new IndexProgress(
          IndexProgress.State.NOT_TO_BE_MADE,
          index.indexed(),
          log.end(),
          damage.map(CorruptLogException::getMessage));
    }
    return new IndexProgress(
        state,
        state == IndexProgress.State.WHOLE ? log.end() : index.indexed(),
        log.end(),
        index.state().failure());
  }

  /// Completes when the index is whole, so that everything is answered; fails if it cannot be made,
  /// since the log is damaged ([CorruptLogException]), or when the store is closed before. What
  /// depends on it runs on the thread of the index: it must not wait.
  ///
  /// @return completed already, unless the store was opened without waiting for the index
  public CompletionStage<Void> whenIndexed() {
    return index.whole();
  }

  /// How many events there are of the most frequent types and categories. Each count is known to
  /// the index; finding the most frequent looks at every type and every category once.
  ///
  /// @param most how many types and how many categories to give
  /// @return the counts
  public EventCounts counts(int most) {
    log.requireOpen();
    return reader.counts(most);
  }

  @Override
  public synchronized void close() {
    if (log.isClosed()) {
      return;
    }
    if (scavenge != null) {
      end(scavenge);
    }
    if (committer != null) {
      committer.close();
    }
    wakeups.close();
    closing(index);
    closing(log);
    if (lock != null) {
      closing(lock);
    }
  }

  /// What cannot be closed keeps nothing else open.
  private static void closing(AutoCloseable part) {
    try {
      part.close();
    } catch (Exception e) {
      LOGGER.log(System.Logger.Level.WARNING, "The store was not closed cleanly", e);
    }
  }

  private static Completion handingOverTo(AppendCompletion completion) {
    return new Completion() {
      @Override
      public void completed(AppendResult result) {
        completion.completed(result);
      }

      @Override
      public void failed(LeftfoldException reason) {
        completion.failed(reason);
      }
    };
  }

  /// A thread that waits for its append. An interrupt does not end the wait, for then nobody would
  /// know whether the events were recorded.
  private static final class Waiter implements Completion {
    private final Thread thread = Thread.currentThread();
    private @Nullable AppendResult result;
    private @Nullable LeftfoldException reason;
    private volatile boolean done;

    @Override
    public void completed(AppendResult result) {
      this.result = result;
      done = true;
      LockSupport.unpark(thread);
    }

    @Override
    public void failed(LeftfoldException reason) {
      this.reason = reason;
      done = true;
      LockSupport.unpark(thread);
    }

    AppendResult await() {
      var interrupted = false;
      while (!done) {
        LockSupport.park(this);
        interrupted |= Thread.interrupted();
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
      if (reason != null) {
        reason.addSuppressed(new Exception("Waited for here"));
        throw reason;
      }
      return java.util.Objects.requireNonNull(result);
    }
  }
}
