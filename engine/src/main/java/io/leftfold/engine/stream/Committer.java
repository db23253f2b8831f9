// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.stream;

import io.leftfold.api.AppendResult;
import io.leftfold.api.AppendResult.AppendedStream;
import io.leftfold.api.Commit;
import io.leftfold.api.ContentType;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.LeftfoldException;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.StreamAppend;
import io.leftfold.api.StreamName;
import io.leftfold.api.StreamTombstonedException;
import io.leftfold.api.UnavailableException;
import io.leftfold.api.WrongExpectedStateException;
import io.leftfold.api.WrongExpectedStateException.Conflict;
import io.leftfold.engine.index.Index;
import io.leftfold.engine.log.EncodedRecords;
import io.leftfold.engine.log.Log;
import io.leftfold.engine.log.LogWriter;
import io.leftfold.engine.log.RecordCursor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.ThreadFactory;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The writing thread: judges waiting appends, writes those that pass, answers.
///
/// **A batch.** The thread takes all that waits. Each piece of work is judged against the heads of
/// its streams, which include what the batch holds already, and is encoded or refused. Then the
/// batch is written and synced once, added to the index, published, and only then is everybody
/// answered, the refused too: a refusal may rest on a commit of the same batch. While one batch is
/// synced the next one collects in the queue.
///
/// **Failure.** When a write or sync fails, nobody knows what the disk holds. Everybody in the
/// batch is told so, and from then on every append is refused with the reason. Reading goes on.
public final class Committer implements AutoCloseable {

  private static final System.Logger LOGGER = System.getLogger(Committer.class.getName());
  private static final int BATCH_BYTES_MAX = 4 << 20;

  /// How often the thread lets others go first before it stops waiting for those it has answered.
  /// The many keep the processors busy and come anyway; the few need the time to be woken.
  private static final int TURNS_FOR_FEW = 64;

  private static final int TURNS_FOR_MANY = 16;
  private static final int MANY = 256;

  private final LogWriter writer;
  private final Index index;
  private final Supplier<UUID> ids;
  private final Runnable published;
  private final WorkQueue queue;
  private final Thread thread;

  private final DiskRoom room;
  private final RecordCursor cursor;
  private final StreamLookup lookup;
  private final Heads heads;
  private final RecentIds recentIds;
  private final AppendDecision.Memory memory;
  private final Boundary boundary;

  private final ArrayList<Work> taken = new ArrayList<>();
  private final List<Written> batch = new ArrayList<>();
  private final List<Answer> answers = new ArrayList<>();
  private long batchNumber;
  private int answersOfLastBatch;

  private volatile @Nullable Throwable failure;

  /// Events that were written but are not in the index yet.
  private record Written(
      StreamName stream, long firstRevision, long firstPosition, EncodedRecords records) {}

  /// What somebody is told when the batch is durable.
  private record Answer(
      Completion completion, @Nullable AppendResult result, @Nullable LeftfoldException reason) {

    void give() {
      if (result != null) {
        tell(completion -> completion.completed(result));
      } else if (reason != null) {
        tell(completion -> completion.failed(reason));
      }
    }

    void give(LeftfoldException instead) {
      tell(completion -> completion.failed(instead));
    }

    /// Whoever waits may fail at being told; the others are told all the same.
    private void tell(Consumer<Completion> telling) {
      try {
        telling.accept(completion);
      } catch (RuntimeException | Error e) {
        LOGGER.log(System.Logger.Level.ERROR, "Somebody failed at being told of an append", e);
      }
    }
  }

  /// Over a log whose index is complete.
  ///
  /// @param ids for the events that the store itself records
  /// @param seed of a hash table, by chance
  /// @param published called after each batch, on the writing thread
  public Committer(
      Log log,
      Index index,
      QueueLimits limits,
      Supplier<UUID> ids,
      long seed,
      ThreadFactory threads,
      Runnable published) {
    this.writer = log.writer();
    this.index = index;
    this.ids = ids;
    this.published = published;
    this.queue = new WorkQueue(limits.lengthMax(), limits.bytesMax());
    this.room = new DiskRoom(log::usableBytes);
    this.cursor = log.cursor();
    this.lookup = new StreamLookup(index);
    this.recentIds = rememberIds(log, cursor, seed);
    this.heads = new Heads(name -> lookup.head(name, recentIds.keyOf(name), log.end(), cursor));
    this.memory = new RecordedMemory(log, lookup, cursor, recentIds, () -> batchNumber);
    this.boundary = new Boundary(log, index, cursor, heads);
    this.thread = threads.newThread(this::run);
    thread.setName("leftfold-writer");
  }

  /// The bounds of the queue.
  ///
  /// @param lengthMax in appends
  /// @param bytesMax in bytes
  public record QueueLimits(int lengthMax, long bytesMax) {}

  private static RecentIds rememberIds(Log log, RecordCursor cursor, long seed) {
    var ids = new RecentIds(seed);
    var end = log.end();
    for (var position = Math.max(0, end - RecentIds.CAPACITY); position < end; position++) {
      if (cursor.moveToIfKept(position)) {
        ids.add(
            cursor.idHigh(),
            cursor.idLow(),
            ids.keyOf(cursor.stream()),
            cursor.revision(),
            position);
      }
    }
    return ids;
  }

  /// Starts the thread.
  public void start() {
    thread.start();
  }

  /// How many appends wait.
  public int queueLength() {
    return queue.length();
  }

  /// Hands in an append, waiting for room in the queue.
  public void append(Commit commit, long bytes, Completion completion) {
    put(new Work.Append(commit, encode(commit.parts()), bytes, completion));
  }

  /// Hands in an append, refusing it if the queue is full.
  public void offer(Commit commit, long bytes, Completion completion) {
    offer(new Work.Append(commit, encode(commit.parts()), bytes, completion));
  }

  /// Hands in a deletion, waiting for room in the queue.
  public void delete(
      StreamName stream, ExpectedState expected, boolean forEver, Completion completion) {
    put(new Work.Delete(stream, expected, forEver, completion));
  }

  /// Hands in a deletion, refusing it if the queue is full.
  public void offerDelete(
      StreamName stream, ExpectedState expected, boolean forEver, Completion completion) {
    offer(new Work.Delete(stream, expected, forEver, completion));
  }

  private static List<EncodedRecords> encode(List<StreamAppend> parts) {
    if (parts.size() == 1) {
      var part = parts.getFirst();
      return List.of(EncodedRecords.of(part.stream(), part.events()));
    }
    return parts.stream().map(part -> EncodedRecords.of(part.stream(), part.events())).toList();
  }

  private void put(Work work) {
    if (!queue.put(work)) {
      throw closed();
    }
  }

  private void offer(Work work) {
    switch (queue.offer(work)) {
      case TAKEN -> {}
      case FULL ->
          throw new UnavailableException(
              UnavailableException.Reason.TOO_BUSY,
              "%d appends wait to be written already; try again in a moment"
                  .formatted(queue.length()));
      case CLOSED -> throw closed();
    }
  }

  private static UnavailableException closed() {
    return new UnavailableException(UnavailableException.Reason.CLOSED, "The store is closed");
  }

  /// Takes no more, writes what waits, and ends the thread.
  @Override
  public void close() {
    queue.close();
    var interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    while (awaitWork()) {
      takeWaiting();
      finishBatch();
    }
  }

  /// Waits for work: awake for a moment, as those who were answered last are about to come back,
  /// then asleep.
  private boolean awaitWork() {
    if (answersOfLastBatch > 0) {
      giveWay();
    }
    return queue.awaitWork();
  }

  /// Takes what waits, and what comes while that is judged. Those who were answered together come
  /// back together, but not at the same instant: finishing the batch with the first of them alone
  /// would cost all the others a second sync.
  private void takeWaiting() {
    var expected = answersOfLastBatch;
    var count = 0;
    do {
      queue.takeAll(taken);
      count += taken.size();
      for (var work : taken) {
        take(work);
        if (writer.batchBytes() >= BATCH_BYTES_MAX) {
          finishBatch();
        }
      }
      taken.clear();
      if (count < expected) {
        giveWay();
      }
    } while (count < expected && queue.length() > 0);
  }

  /// Lets other threads run, until something waits or it has taken too long.
  @SuppressWarnings("ThreadPriorityCheck") // those who were woken need a processor, maybe this one
  private void giveWay() {
    var turns = answersOfLastBatch < MANY ? TURNS_FOR_FEW : TURNS_FOR_MANY;
    for (var turn = 0; turn < turns && queue.length() == 0; turn++) {
      Thread.yield();
    }
  }

  private void take(Work work) {
    var broken = failure;
    if (broken != null) {
      answers.add(new Answer(work.completion(), null, refusal(broken)));
      return;
    }
    try {
      room.take(work.bytes());
      switch (work) {
        case Work.Append append -> append(append);
        case Work.Delete delete -> delete(delete);
      }
    } catch (IOException e) {
      fail(e);
      answers.add(new Answer(work.completion(), null, refusal(e)));
    } catch (LeftfoldException e) {
      answers.add(new Answer(work.completion(), null, e));
    } catch (RuntimeException | Error e) { // a page that cannot be read is an Error, too
      fail(e);
      answers.add(new Answer(work.completion(), null, refusal(e)));
    }
  }

  private static UnavailableException refusal(Throwable failure) {
    return new UnavailableException(
        UnavailableException.Reason.READ_ONLY,
        "The store takes no more appends since one failed (%s); whether that one is kept shows when the store is opened again"
            .formatted(failure),
        failure);
  }

  private void fail(Throwable e) {
    if (failure == null) {
      failure = e;
      LOGGER.log(System.Logger.Level.ERROR, "The store takes no more appends: one failed", e);
    }
  }

  // ---- judging and encoding; heads are changed from here on, nothing is durable yet

  private void append(Work.Append append) throws IOException {
    var parts = append.parts();
    var decisions = new ArrayList<AppendDecision>(parts.size());
    for (var part : parts) {
      decisions.add(decide(part));
    }
    if (isAllToBeWritten(decisions)) {
      var refusal = boundary.refusal(append.commit());
      answers.add(new Answer(append.completion(), refusal == null ? write(append) : null, refusal));
      return;
    }
    var refusal = refusal(parts, decisions);
    if (refusal == null) {
      trackOnly(append.commit());
    }
    answers.add(
        new Answer(
            append.completion(),
            refusal == null ? writtenBefore(parts, decisions) : null,
            refusal));
  }

  /// The events of a repeated commit are there; how far its writer has come may not be.
  private void trackOnly(Commit commit) throws IOException {
    if (commit.tracking().filter(boundary::isNew).isPresent()) {
      try {
        var draft = new CommitDraft(heads, ids);
        track(draft, commit);
        write(draft);
      } catch (LeftfoldException e) {
        throw new IOException("A commit could not be completed", e);
      }
    }
  }

  private void track(CommitDraft draft, Commit commit) {
    commit
        .tracking()
        .ifPresent(tracking -> {
          var head = heads.of(tracking.stream());
          if (head.isDeleted() && !writesMetadata(commit.parts(), head)) {
            draft.undelete(head, head.lastRevision + 1, head.metadataJson);
          }
          draft.tracking(head, tracking);
        });
  }

  private static boolean isAllToBeWritten(List<AppendDecision> decisions) {
    for (var decision : decisions) {
      if (!(decision instanceof AppendDecision.Write)) {
        return false;
      }
    }
    return true;
  }

  /// Writes what was judged. Heads change on the way, so that nothing may go wrong half-way:
  /// whatever does ends all writing.
  private AppendResult write(Work.Append append) throws IOException {
    try {
      return writeParts(append);
    } catch (LeftfoldException e) {
      throw new IOException("A commit could not be completed", e);
    }
  }

  private AppendDecision decide(StreamAppend part) throws IOException {
    var head = heads.of(part.stream());
    tombstoneWithItsRoot(head);
    var decision = AppendDecision.of(head, part.expected(), part.events(), memory);
    if (decision instanceof AppendDecision.AskLater) {
      finishBatch();
      if (failure != null) {
        throw new IOException("The batch before this append failed", failure);
      }
      decision = AppendDecision.of(head, part.expected(), part.events(), memory);
    }
    return decision;
  }

  /// A metastream is tombstoned with its stream, which may have happened in this very batch.
  private void tombstoneWithItsRoot(Head head) {
    if (head.name.isMetastream()) {
      head.tombstoned = heads.of(StreamLookup.rootOf(head.name)).tombstoned;
    }
  }

  private @Nullable LeftfoldException refusal(
      List<StreamAppend> parts, List<AppendDecision> decisions) {
    var against = new ArrayList<Conflict>();
    for (var i = 0; i < decisions.size(); i++) {
      var part = parts.get(i);
      switch (decisions.get(i)) {
        case AppendDecision.Tombstoned() -> {
          return new StreamTombstonedException(part.stream());
        }
        // Partly there and partly not is not a repetition of one commit.
        case AppendDecision.Conflict(), AppendDecision.WrittenBefore(_, _, _) ->
            against.add(conflict(part));
        case AppendDecision.Write() -> {}
        case AppendDecision.AskLater() -> throw new IllegalStateException("asked later already");
      }
    }
    return against.isEmpty() || isRepetition(parts, decisions)
        ? null
        : new WrongExpectedStateException(against);
  }

  /// Whether all streams that are written repeat an earlier commit. What that commit checked
  /// besides no longer matters.
  private static boolean isRepetition(List<StreamAppend> parts, List<AppendDecision> decisions) {
    var written = 0;
    for (var i = 0; i < decisions.size(); i++) {
      if (!parts.get(i).events().isEmpty()) {
        written++;
        if (!(decisions.get(i) instanceof AppendDecision.WrittenBefore)) {
          return false;
        }
      }
    }
    return written > 0;
  }

  private Conflict conflict(StreamAppend part) {
    return new Conflict(part.stream(), part.expected(), heads.of(part.stream()).state());
  }

  private @Nullable AppendResult writtenBefore(
      List<StreamAppend> parts, List<AppendDecision> decisions) {
    var streams = new ArrayList<AppendedStream>(parts.size());
    var last = -1L;
    for (var i = 0; i < decisions.size(); i++) {
      var stream = parts.get(i).stream();
      if (decisions.get(i)
          instanceof AppendDecision.WrittenBefore(var first, var lastRevision, var position)) {
        streams.add(new AppendedStream(stream, first, lastRevision));
        last = Math.max(last, position);
      } else {
        streams.add(unchanged(heads.of(stream)));
      }
    }
    return last < 0 ? null : new AppendResult(OptionalLong.of(last), streams, true);
  }

  private static AppendedStream unchanged(Head head) {
    return head.tombstoned
        ? new AppendedStream(head.name, Long.MAX_VALUE, Long.MAX_VALUE)
        : new AppendedStream(head.name, head.lastRevision + 1, head.lastRevision);
  }

  private AppendResult writeParts(Work.Append append) throws IOException {
    var commit = new CommitDraft(heads, ids);
    track(commit, append.commit());
    var parts = append.parts();
    // What is only checked is told as it was before: the commit may write its metadata.
    var streams = new ArrayList<AppendedStream>(parts.size());
    for (var part : parts) {
      streams.add(unchanged(heads.of(part.stream())));
    }
    for (var i = 0; i < parts.size(); i++) {
      var part = parts.get(i);
      var head = heads.of(part.stream());
      if (isBroughtBack(parts, part, head)) {
        commit.undelete(head, head.lastRevision + 1, head.metadataJson);
      }
      if (!part.events().isEmpty()) {
        streams.set(i, commit.events(head, part.events(), append.records().get(i)));
      }
    }
    return new AppendResult(write(commit), streams, false);
  }

  /// Whether a part makes a deleted stream visible again by itself: by writing it, or by saying
  /// nothing of anything else. A part that writes its metastream does it in its own way.
  private static boolean isBroughtBack(List<StreamAppend> parts, StreamAppend part, Head head) {
    return head.isDeleted()
        && !head.tombstoned
        && (parts.size() == 1 || !part.events().isEmpty())
        && !writesMetadata(parts, head);
  }

  private static boolean writesMetadata(List<StreamAppend> parts, Head head) {
    if (parts.size() == 1 && parts.getFirst().stream().equals(head.name)) {
      return false;
    }
    var metastream = head.name.metastream();
    return parts.stream()
        .anyMatch(part -> part.stream().equals(metastream) && !part.events().isEmpty());
  }

  private void delete(Work.Delete delete) throws IOException {
    var head = heads.of(delete.stream());
    var fresh =
        new ProposedEvent(
            ids.get(),
            delete.forEver() ? RecordedEvent.TOMBSTONE_TYPE : RecordedEvent.METADATA_TYPE,
            delete.forEver() ? ContentType.BINARY : ContentType.JSON,
            delete.forEver() ? new byte[0] : MetadataJson.deleted(),
            new byte[0],
            List.of());
    var part = new StreamAppend(delete.stream(), delete.expected(), List.of(fresh));
    var decision = decide(part);
    var nothingToHide = !delete.forEver() && head.lastRevision < 0 && !head.hasMetadata;
    if (decision instanceof AppendDecision.Tombstoned) {
      throw new StreamTombstonedException(delete.stream());
    }
    if (!(decision instanceof AppendDecision.Write) || nothingToHide) {
      throw new WrongExpectedStateException(List.of(conflict(part)));
    }
    var commit = new CommitDraft(heads, ids);
    if (delete.forEver()) {
      commit.tombstone(head, fresh);
    } else {
      commit.metadata(head, fresh);
    }
    write(commit);
    answers.add(
        new Answer(
            delete.completion(),
            new AppendResult(
                OptionalLong.of(writer.nextPosition() - 1), List.of(unchanged(head)), false),
            null));
  }

  /// Adds a commit to the batch.
  ///
  /// @return the position of the last proposed event; empty if there is none
  private OptionalLong write(CommitDraft commit) throws IOException {
    if (commit.parts().isEmpty()) {
      return OptionalLong.empty();
    }
    if (!writer.fits(commit.byteCount(), commit.count())) {
      flush();
      writer.roll(commit.byteCount(), commit.count());
    }
    writer.begin();
    for (var part : commit.parts()) {
      var position = writer.add(part.records(), part.firstRevision());
      part.head().writtenInBatch = batchNumber;
      batch.add(new Written(part.head().name, part.firstRevision(), position, part.records()));
      boundary.wrote(part.head().name, position, part.records());
      recentIds.note(part.head().key, part.firstRevision(), position, part.records());
    }
    writer.end();
    return commit.lastProposed() < 0
        ? OptionalLong.empty()
        : OptionalLong.of(writer.nextPosition() - commit.count() + commit.lastProposed());
  }

  // ---- making durable, showing, answering

  private void finishBatch() {
    if (failure == null) {
      try {
        flush();
      } catch (IOException | RuntimeException | Error e) {
        fail(e);
      }
    }
    var broken = failure;
    answersOfLastBatch = answers.size();
    for (var answer : answers) {
      if (broken == null) {
        answer.give();
      } else {
        answer.give(refusal(broken)); // a conflict too: it may rest on a commit that is lost
      }
    }
    answers.clear();
    recentIds.settle(); // now, while those who were answered make their next appends
    heads.trim();
  }

  private void flush() throws IOException {
    if (batch.isEmpty()) {
      return;
    }
    writer.flush();
    for (var written : batch) {
      var records = written.records;
      for (var i = 0; i < records.count(); i++) {
        index.add(
            written.firstPosition + i,
            written.stream,
            written.firstRevision + i,
            records.type(i),
            records.tags(i),
            records.correlationId(i));
      }
    }
    batch.clear();
    batchNumber++;
    writer.publish();
    boundary.published();
    published.run();
  }
}
