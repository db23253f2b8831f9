// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine;

import io.leftfold.api.CorruptLogException;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.UnavailableException;
import io.leftfold.engine.disk.DirectoryDisk;
import io.leftfold.engine.disk.Disk;
import io.leftfold.engine.log.Log;
import io.leftfold.engine.log.LogInspection;
import io.leftfold.engine.log.LogOptions;
import io.leftfold.engine.log.RecordCursor;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Checks a store that is not open: every checksum of every commit, record and chunk, and that
/// positions, times and the revisions of every stream count up as they must. Changes nothing.
public final class StoreCheck {

  private final Progress progress;
  private final List<CheckReport.Damage> damages = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();
  private final HashMap<String, Long> lastRevisions = new HashMap<>();
  private long events;
  private long bytes;
  private long emptied;
  private @Nullable LogInspection inspected;

  private StoreCheck(Progress progress) {
    this.progress = progress;
  }

  /// Is told how far a check is.
  public interface Progress {
    /// One more file was checked.
    ///
    /// @param filesDone how many were
    /// @param files how many there are
    /// @param bytesDone how many bytes were
    void advanced(int filesDone, int files, long bytesDone);

    /// Tells nobody.
    ///
    /// @return a progress that does nothing
    static Progress none() {
      return (_, _, _) -> {};
    }
  }

  /// Checks the store in a directory.
  ///
  /// @param directory where the store is
  /// @param progress told after each file
  /// @return what was found
  /// @throws UnavailableException if there is no store, somebody writes it, or it cannot be read
  public static CheckReport check(Path directory, Progress progress) {
    try (var _ = LocalEventStore.sharedLock(directory)) {
      return check(DirectoryDisk.openReadOnly(directory.resolve("log")), progress);
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  static CheckReport check(Disk disk, Progress progress) {
    var check = new StoreCheck(progress);
    try {
      check.run(disk);
    } catch (CorruptLogException e) {
      check.damages.add(
          new CheckReport.Damage(e.file(), e.offset(), String.valueOf(e.getMessage())));
    } catch (IOException e) {
      throw unreadable(e);
    }
    return new CheckReport(
        check.events, check.lastRevisions.size(), check.bytes, check.notes, check.damages);
  }

  private static UnavailableException unreadable(IOException e) {
    return new UnavailableException(
        UnavailableException.Reason.CLOSED, "The store could not be read: " + e, e);
  }

  private void run(Disk disk) throws IOException {
    var options = new LogOptions(EngineOptions.defaults().chunkBytesMax(), false, true);
    try (var log = Log.open(disk, options, () -> new UUID(0, 0), Clock.systemUTC())) {
      log.recovery()
          .cut()
          .ifPresent(cut ->
              notes.add(
                  "%s ends in %d bytes of an unfinished commit behind byte %d; opening the store cuts them"
                      .formatted(cut.file(), cut.bytes(), cut.offset())));
      log.recovery()
          .damage()
          .ifPresent(damage ->
              damages.add(
                  new CheckReport.Damage(
                      damage.file(), damage.offset(), String.valueOf(damage.getMessage()))));
      var inspection = new LogInspection(log, this::found, this::checkStream);
      inspected = inspection;
      for (var chunk = 0; chunk < log.chunkCount(); chunk++) {
        bytes += inspection.inspect(chunk);
        progress.advanced(chunk + 1, log.chunkCount(), bytes);
      }
      if (inspection.forgotten() > 0 || emptied > 0) {
        notes.add(
            "%d events were forgotten by scavenges".formatted(inspection.forgotten() + emptied));
      }
    }
  }

  private void found(LogInspection.Finding finding) {
    damages.add(
        new CheckReport.Damage(
            finding.file(),
            finding.offset(),
            finding.text(),
            finding.firstPosition(),
            finding.endPosition()));
  }

  /// Whether revisions may be missing: which ones they were a scavenge did not keep.
  private boolean isBehindForgotten(long last, long revision) {
    return inspected != null && revision > last && revision - last - 1 <= inspected.forgotten();
  }

  private void checkStream(RecordCursor record) {
    if (record.isEmptied()) {
      emptied++;
    } else {
      events++;
    }
    var stream = record.stream().value();
    var last = lastRevisions.getOrDefault(stream, -1L);
    var revision = record.revision();
    if (revision != last + 1
        && !isBehindForgotten(last, revision)
        && (revision != RecordedEvent.TOMBSTONE_REVISION || last == revision)) {
      damages.add(
          new CheckReport.Damage(
              "position " + record.position(),
              0,
              "revision %d of %s expected, found %d".formatted(last + 1, stream, revision)));
    }
    lastRevisions.put(stream, revision);
  }
}
