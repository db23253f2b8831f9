// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.api.ContentType;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.api.UnavailableException;
import io.leftfold.engine.disk.Disk;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;

/// Writes batches of commits to a log, without a store above it, and remembers what must be found
/// in it later.
final class LogRig {

  static final Clock CLOCK = Clock.fixed(Instant.parse("2026-07-17T14:02:00Z"), ZoneOffset.UTC);

  /// The ids of the events of one commit.
  private record Commit(List<UUID> ids) {}

  private final Random random;
  private final LogOptions options;
  private final int eventBytesMax;

  private final List<Commit> written = new ArrayList<>();
  private int acknowledged;

  LogRig(long seed, long chunkBytesMax, boolean sync, int eventBytesMax) {
    this.random = new Random(seed);
    this.options = new LogOptions(chunkBytesMax, sync, false);
    this.eventBytesMax = eventBytesMax;
  }

  /// Opens the log for writing.
  Log open(Disk disk) throws IOException {
    var log = Log.open(disk, options, this::id, CLOCK);
    try {
      log.writer();
      return log;
    } catch (UnavailableException e) {
      log.close();
      throw new IOException(e);
    }
  }

  /// Looks at what is there, writes so many batches and closes the log, unless the disk fails
  /// before.
  ///
  /// @return whether it was closed
  boolean write(Disk disk, int batches) {
    try (var log = open(disk)) {
      check(log);
      for (var i = 0; i < batches; i++) {
        writeBatch(log.writer(), 1 + random.nextInt(4));
        acknowledged = written.size();
      }
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  void writeBatch(LogWriter writer, int commits) throws IOException {
    for (var i = 0; i < commits; i++) {
      var events = events(1 + random.nextInt(3));
      var records = EncodedRecords.of(StreamName.of("stream-" + random.nextInt(5)), events);
      if (!writer.fits(records.byteCount(), records.count())) {
        writer.flush();
        writer.publish();
        acknowledged = written.size();
        writer.roll(records.byteCount(), records.count());
      }
      written.add(new Commit(events.stream().map(ProposedEvent::id).toList()));
      writer.begin();
      writer.add(records, 0);
      writer.end();
    }
    writer.flush();
    writer.publish();
  }

  private List<ProposedEvent> events(int count) {
    var events = new ArrayList<ProposedEvent>();
    for (var i = 0; i < count; i++) {
      var data = new byte[random.nextInt(eventBytesMax)];
      random.nextBytes(data);
      events.add(
          new ProposedEvent(id(), "Happened", ContentType.BINARY, data, new byte[0], List.of()));
    }
    return events;
  }

  private UUID id() {
    return new UUID(random.nextLong() | 1, random.nextLong());
  }

  /// For a log that acknowledges before anything is durable.
  void forgetAcknowledgements() {
    acknowledged = 0;
  }

  /// What the log holds must be what was written, up to the end of some commit, and must reach at
  /// least as far as what was acknowledged. What was found is there to stay.
  void check(Disk disk) throws IOException {
    try (var log = open(disk)) {
      check(log);
    }
  }

  private void check(Log log) {
    acknowledged = found(log, acknowledged);
    written.subList(acknowledged, written.size()).clear();
  }

  private int found(Log log, int commitsMin) {
    var cursor = log.cursor();
    var position = 0L;
    var commits = 0;
    while (commits < written.size() && position < log.end()) {
      for (var id : written.get(commits).ids()) {
        assertThat(position).as("commit %d is half there", commits).isLessThan(log.end());
        assertThat(cursor.moveTo(position).id()).as("event %d", position).isEqualTo(id);
        position++;
      }
      commits++;
    }
    assertThat(position).as("more than was written").isEqualTo(log.end());
    assertThat(commits).as("acknowledged commits").isGreaterThanOrEqualTo(commitsMin);
    return commits;
  }
}
