// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine;

import io.leftfold.api.UnavailableException;
import io.leftfold.engine.disk.DirectoryDisk;
import io.leftfold.engine.disk.DirectoryLock;
import io.leftfold.engine.disk.Disk;
import io.leftfold.engine.index.Index;
import io.leftfold.engine.log.LogRepair;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// Replaces the damaged log files of a store that is not open by those of a backup. Damaged files
/// are kept beside them, as `damaged-…`. The last file, which is still written, is not replaced: a
/// backup has an older one.
public final class StoreRepair {

  private StoreRepair() {}

  /// A log file that was damaged or missing.
  ///
  /// @param file the file
  /// @param firstPosition the position of its first event; −1 if nobody knows
  /// @param endPosition the position behind its last event; −1 if nobody knows
  /// @param finding what was wrong
  /// @param refusal why it could not be replaced; empty if it was
  public record Repaired(
      String file, long firstPosition, long endPosition, String finding, String refusal) {

    /// Whether it is whole again.
    ///
    /// @return whether it was replaced
    public boolean isReplaced() {
      return refusal.isEmpty();
    }
  }

  /// Looks at every log file but the last, and replaces those that are damaged.
  ///
  /// @param directory where the store is
  /// @param backup where its backup is
  /// @return what was found; empty if all of them are sound
  /// @throws IllegalArgumentException if there is no store
  /// @throws UnavailableException if a directory cannot be read or written, or is in use
  public static List<Repaired> repair(Path directory, Path backup) {
    var source = DirectoryDisk.openReadOnly(backup.resolve(LocalEventStore.LOG_DIRECTORY));
    try (var _ = LocalEventStore.sharedLock(backup);
        var _ = DirectoryLock.take(directory)) {
      var log = DirectoryDisk.open(directory.resolve(LocalEventStore.LOG_DIRECTORY));
      var repaired = repair(log, source);
      if (repaired.stream().anyMatch(Repaired::isReplaced)) {
        // The backup's file may be of another generation: what is in it, the index is to know.
        Index.clear(DirectoryDisk.open(directory.resolve(LocalEventStore.INDEX_DIRECTORY)));
      }
      return repaired;
    } catch (DirectoryLock.TakenException e) {
      throw new UnavailableException(
          UnavailableException.Reason.IN_USE,
          "The store in %s is open, in %s; close it before it is repaired"
              .formatted(directory, e.owner()),
          e);
    } catch (IOException e) {
      throw new UnavailableException(
          UnavailableException.Reason.CLOSED, "The store could not be repaired: " + e, e);
    }
  }

  static List<Repaired> repair(Disk disk, Disk backup) throws IOException {
    return LogRepair.run(disk, backup).stream()
        .map(chunk ->
            new Repaired(
                chunk.file(),
                chunk.firstPosition(),
                chunk.endPosition(),
                chunk.finding(),
                chunk.refusal()))
        .toList();
  }
}
