// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine;

import io.leftfold.api.CorruptLogException;
import io.leftfold.api.UnavailableException;
import io.leftfold.engine.disk.DirectoryDisk;
import io.leftfold.engine.disk.DirectoryLock;
import io.leftfold.engine.disk.Disk;
import io.leftfold.engine.index.Index;
import io.leftfold.engine.log.LogRestore;
import java.io.IOException;
import java.nio.file.Path;

/// Makes a store of a backup, or of any store that nobody has open: all of it, or as it was at a
/// position or a time.
///
/// The new store has the id of the old one. One that ends earlier gives its next positions to other
/// events than the old one did: whoever kept a position from behind that place has to begin anew.
/// What had been forgotten by the time of the backup is not there, even if it was not hidden yet at
/// the point that is restored.
public final class StoreRestore {

  private StoreRestore() {}

  /// What a restore did.
  ///
  /// @param nextPosition the store has all events below
  /// @param files how many log files it has
  /// @param bytes their size together
  public record Report(long nextPosition, int files, long bytes) {}

  /// Is told how far a restore is.
  @FunctionalInterface
  public interface Progress {
    /// So many bytes were copied.
    ///
    /// @param bytes how many
    void copied(long bytes);
  }

  /// Restores a store. Everything is checked on the way.
  ///
  /// @param backup the directory of the backup
  /// @param directory where the store is to be; it must hold none
  /// @param point how much
  /// @param progress told after each log file
  /// @return what was done
  /// @throws CorruptLogException if the backup is damaged
  /// @throws IllegalArgumentException if there is no backup, one without anything at that point, or
  ///   a store where it is to go
  /// @throws UnavailableException if a directory cannot be read or written, or is in use
  public static Report restore(Path backup, Path directory, RestorePoint point, Progress progress) {
    var source = DirectoryDisk.openReadOnly(backup.resolve(LocalEventStore.LOG_DIRECTORY));
    try (var _ = LocalEventStore.sharedLock(backup)) {
      var target = DirectoryDisk.open(directory.resolve(LocalEventStore.LOG_DIRECTORY));
      try (var _ = DirectoryLock.take(directory)) {
        var report = restore(source, target, point, progress);
        // Of a store that was here before: the new log has other events.
        Index.clear(DirectoryDisk.open(directory.resolve(LocalEventStore.INDEX_DIRECTORY)));
        return report;
      }
    } catch (DirectoryLock.TakenException e) {
      throw new UnavailableException(
          UnavailableException.Reason.IN_USE,
          "%s is in use, in %s".formatted(directory, e.owner()),
          e);
    } catch (IOException e) {
      throw new UnavailableException(
          UnavailableException.Reason.CLOSED, "The store could not be restored: " + e, e);
    }
  }

  static Report restore(Disk source, Disk target, RestorePoint point, Progress progress)
      throws IOException {
    var done = LogRestore.run(source, target, lastPosition(source, point), progress::copied);
    return new Report(done.end(), done.chunks(), done.bytes());
  }

  private static long lastPosition(Disk source, RestorePoint point) throws IOException {
    return switch (point) {
      case RestorePoint.Latest() -> Long.MAX_VALUE;
      case RestorePoint.AtPosition(var last) -> last;
      case RestorePoint.AtTime(var time) -> {
        var micros =
            Math.addExact(
                Math.multiplyExact(time.getEpochSecond(), 1_000_000L), time.getNano() / 1000);
        var last = LogRestore.positionAt(source, micros);
        if (last < 0) {
          throw new IllegalArgumentException("At %s there was no store yet".formatted(time));
        }
        yield last;
      }
    };
  }
}
