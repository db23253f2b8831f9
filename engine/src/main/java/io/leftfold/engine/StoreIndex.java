// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine;

import io.leftfold.api.CorruptLogException;
import io.leftfold.api.UnavailableException;
import io.leftfold.engine.disk.DirectoryDisk;
import io.leftfold.engine.disk.Disk;
import io.leftfold.engine.index.SegmentInspection;
import io.leftfold.engine.log.Log;
import io.leftfold.engine.log.LogOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/// Looks after the index of a store that is not open. It holds nothing that the log does not, so
/// whatever is wrong with it, making it anew helps.
public final class StoreIndex {

  private StoreIndex() {}

  /// What a verification found.
  ///
  /// @param files how many files the index has
  /// @param bytes their size together
  /// @param events how many events they cover; the others are read from the log on opening
  /// @param logEvents how many events the log has
  /// @param damages what is not as it should be; empty for a sound index
  public record Report(
      int files, long bytes, long events, long logEvents, List<CheckReport.Damage> damages) {

    /// Copies the list.
    public Report {
      damages = List.copyOf(damages);
    }

    /// Whether nothing is damaged.
    ///
    /// @return whether it is sound
    public boolean isSound() {
      return damages.isEmpty();
    }
  }

  /// Checks every checksum of every file, the order of keys and positions, and that every key is
  /// found. Changes nothing.
  ///
  /// @param directory where the store is
  /// @param progress told after each file
  /// @return what was found
  /// @throws UnavailableException if there is no store, or it cannot be read
  public static Report verify(Path directory, StoreCheck.Progress progress) {
    return verify(
        DirectoryDisk.openReadOnly(directory.resolve(LocalEventStore.LOG_DIRECTORY)),
        DirectoryDisk.openReadOnly(directory.resolve(LocalEventStore.INDEX_DIRECTORY)),
        progress);
  }

  static Report verify(Disk logDisk, Disk indexDisk, StoreCheck.Progress progress) {
    var options = new LogOptions(EngineOptions.defaults().chunkBytesMax(), false, true);
    try (var log = Log.open(logDisk, options, () -> new UUID(0, 0), Clock.systemUTC())) {
      return verify(log, indexDisk, progress);
    } catch (IOException e) {
      throw new UnavailableException(
          UnavailableException.Reason.CLOSED, "The index could not be read: " + e, e);
    }
  }

  private static Report verify(Log log, Disk disk, StoreCheck.Progress progress)
      throws IOException {
    var damages = new ArrayList<CheckReport.Damage>();
    var inspection =
        new SegmentInspection(
            disk,
            log,
            finding ->
                damages.add(
                    new CheckReport.Damage(finding.file(), finding.offset(), finding.text())));
    var names = inspection.names();
    var bytes = 0L;
    var events = 0L;
    for (var i = 0; i < names.size(); i++) {
      var inspected = inspection.inspect(names.get(i));
      bytes += inspected.bytes();
      events += inspected.events();
      progress.advanced(i + 1, names.size(), bytes);
    }
    return new Report(names.size(), bytes, events, log.end(), damages);
  }

  /// Throws the index away and makes it anew from the log. Takes about as long as reading the log.
  ///
  /// @param directory where the store is
  /// @return what the new index is made of
  /// @throws UnavailableException if another process or store has the directory, or it cannot be
  ///   used
  /// @throws CorruptLogException if the log is damaged
  public static IndexState rebuild(Path directory) {
    try (var store = LocalEventStore.openWithNewIndex(directory, EngineOptions.defaults())) {
      return store.indexState();
    } catch (IOException e) {
      throw new UnavailableException(
          UnavailableException.Reason.CLOSED, "The index could not be made: " + e, e);
    }
  }
}
