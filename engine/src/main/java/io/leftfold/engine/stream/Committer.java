// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.stream;

import io.leftfold.api.Commit;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.LeftfoldException;
import io.leftfold.api.StreamName;
import io.leftfold.api.UnavailableException;
import io.leftfold.engine.index.Index;
import io.leftfold.engine.log.Log;
import io.leftfold.engine.log.LogWriter;
import io.leftfold.engine.log.RecordCursor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ThreadFactory;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The writing thread: takes waiting appends, has them judged, makes them durable, answers.
///
/// **A batch.** The thread takes all that waits. The [Judge] decides about each piece of work by
/// the heads of its streams, which include what was written before it, and encodes or refuses it.
/// Then the batch is written and synced once, added to the index, published, and only then is
/// everybody answered, the refused too: a refusal may rest on a commit of the same batch.
///
/// While one batch is synced the next one collects in the queue, encoded by its callers.
///
/// **Failure.** When a write or sync fails, nobody knows what the disk holds. Everybody in the
/// batch is told so, and from then on every append is refused with the reason. Reading goes on.
public final class Committer implements AutoCloseable {

  private static final System.Logger LOGGER = System.getLogger(Committer.class.getName());
  private static final int BATCH_BYTES_MAX = 4 << 20;

  /// Twice as much as waits in the largest queue that there is unless somebody asks for another.
  private static final long REMEMBERED_BYTES = 512L << 20;

  /// How often the thread lets others go first before it stops waiting for those it has answered.
  /// The many keep the processors busy and come anyway; the few need the time to be woken.
  private static final int TURNS_FOR_FEW = 64;

  private static final int TURNS_FOR_MANY = 16;
  private static final int MANY = 256;

  private final LogWriter writer;
  private final Index index;
  private final Runnable published;
  private final WorkQueue queue;
  private final Thread thread;

  private final DiskRoom room;
  private final Heads heads;
  private final RecentIds recentIds;
  private final Boundary boundary;
  private final Judge judge;

  private final BatchMeter meter;
  private final ArrayList<Work> taken = new ArrayList<>();
  private final Batch batch = new Batch();
  private int answersOfLastBatch;

  private volatile @Nullable Throwable failure;
  private volatile Consumer<BatchTimes> listener = _ -> {};

  /// Over a log whose index is complete.
  ///
  /// @param ids for the events that the store itself records
  /// @param seed of a hash table, by chance
  /// @param nanoTime for telling how long a batch took
  /// @param published called after each batch, on the writing thread
  public Committer(
      Log log,
      Index index,
      QueueLimits limits,
      Supplier<UUID> ids,
      long seed,
      LongSupplier nanoTime,
      ThreadFactory threads,
      Runnable published) {
    this.writer = log.writer();
    this.meter = new BatchMeter(nanoTime, writer);
    this.index = index;
    this.published = published;
    this.queue = new WorkQueue(limits.lengthMax(), limits.bytesMax());
    this.room = new DiskRoom(log::usableBytes);
    var cursor = log.cursor();
    var lookup = new StreamLookup(index);
    this.recentIds =
        rememberIds(log, cursor, seed, Math.max(REMEMBERED_BYTES, 2 * limits.bytesMax()));
    this.heads = new Heads(name -> lookup.head(name, recentIds.keyOf(name), log.end(), cursor));
    this.boundary = new Boundary(log, index, cursor, heads);
    this.judge =
        new Judge(
            writer,
            heads,
            recentIds,
            new RecordedMemory(log, lookup, cursor, recentIds),
            boundary,
            ids,
            batch,
            this::flush);
    this.thread = threads.newThread(this::run);
    thread.setName("leftfold-writer");
  }

  /// The bounds of the queue.
  ///
  /// @param lengthMax in appends
  /// @param bytesMax in bytes
  public record QueueLimits(int lengthMax, long bytesMax) {}

  private static RecentIds rememberIds(Log log, RecordCursor cursor, long seed, long bytesMax) {
    var ids = new RecentIds(seed);
    var end = log.end();
    for (var position = firstRemembered(log, end, bytesMax); position < end; position++) {
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

  /// Of large events fewer, or opening would read gigabytes of them. But more than a writer can
  /// have taken on and not answered, so that whoever was left in doubt by a crash finds its ids.
  static long firstRemembered(Log log, long end, long bytesMax) {
    var low = Math.max(0, end - RecentIds.CAPACITY);
    var high = end;
    while (low < high) {
      var middle = (low + high) >>> 1;
      if (log.bytesBetween(middle, end) > bytesMax) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /// Starts the thread.
  public void start() {
    thread.start();
  }

  /// How many appends wait.
  public int queueLength() {
    return queue.length();
  }

  /// How many bytes wait.
  public long queueBytes() {
    return queue.bytes();
  }

  /// Why no more appends are taken.
  public Optional<Throwable> failure() {
    return Optional.ofNullable(failure);
  }

  /// Is told of each batch on the writing thread, before those who wait for it.
  public void onBatch(Consumer<BatchTimes> listener) {
    this.listener = listener;
  }

  /// Hands in an append, waiting for room in the queue.
  public void append(Commit commit, long bytes, Completion completion) {
    put(Work.Append.of(commit, bytes, completion));
  }

  /// Hands in an append, refusing it if the queue is full.
  public void offer(Commit commit, long bytes, Completion completion) {
    offer(Work.Append.of(commit, bytes, completion));
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
      meter.begin();
      takeWaiting();
      finishBatch();
      if (heads.isFull()) {
        heads.trim();
      }
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
        batch.answer(answer(work));
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

  private Answer answer(Work work) {
    var broken = failure;
    if (broken != null) {
      return Answer.failed(work.completion(), refusal(broken));
    }
    try {
      room.take(work.bytes());
      return judge.judge(work);
    } catch (LeftfoldException e) {
      return Answer.failed(work.completion(), e);
    } catch (IOException | RuntimeException | Error e) { // a page that cannot be read is an Error
      fail(e);
      return Answer.failed(work.completion(), refusal(e));
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

  // ---- making durable, showing, answering

  private void finishBatch() {
    makeDurable();
    var broken = failure;
    var answers = batch.answers();
    answersOfLastBatch = answers.size();
    tellListener();
    for (var answer : answers) {
      if (broken == null) {
        answer.give();
      } else {
        answer.give(refusal(broken)); // a conflict too: it may rest on a commit that is lost
      }
    }
    answers.clear();
    recentIds.settle(); // now, while those who were answered make their next appends
    meter.begin();
  }

  private void tellListener() {
    try {
      listener.accept(meter.end(answersOfLastBatch));
    } catch (RuntimeException | Error e) {
      LOGGER.log(System.Logger.Level.ERROR, "Somebody failed at being told of a batch", e);
    }
  }

  /// For the judge, who cannot go on before.
  private void flush() throws IOException {
    makeDurable();
    if (failure != null) {
      throw new IOException("What was written before could not be made durable", failure);
    }
  }

  /// Makes durable what the judge has let pass so far, and shows it. Nobody is told yet.
  private void makeDurable() {
    if (failure == null && batch.hasEvents()) {
      try {
        forgetInterrupts();
        writer.flush();
        var flushed = meter.now();
        batch.addTo(index);
        writer.publish();
        boundary.published();
        published.run();
        meter.indexedSince(flushed);
      } catch (IOException | RuntimeException | Error e) {
        fail(e);
      }
    }
  }

  /// Danger: an interrupted thread that writes closes the file. Whoever is told on this thread may
  /// interrupt it, and must not end all writing by that.
  private static void forgetInterrupts() {
    if (Thread.interrupted()) {
      LOGGER.log(
          System.Logger.Level.WARNING,
          "The writing thread was interrupted, which means nothing; it goes on");
    }
  }
}
