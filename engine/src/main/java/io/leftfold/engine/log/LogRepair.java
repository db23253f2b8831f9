// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.log;

import io.leftfold.api.CorruptLogException;
import io.leftfold.engine.disk.Disk;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Replaces damaged sealed chunks of a log that nobody has open by those of a backup. The damaged
/// files are kept, under names that begin with `damaged-`. The last chunk, which is still written,
/// is none of its business.
public final class LogRepair {

  private static final String ASIDE = "damaged-";

  private final Disk disk;
  private final Disk backup;
  private final List<Repaired> repaired = new ArrayList<>();

  /// A chunk that was damaged or missing.
  ///
  /// @param file its file
  /// @param firstPosition of its events; −1 if nobody knows
  /// @param endPosition behind its events; −1 if nobody knows
  /// @param finding what was wrong
  /// @param refusal why it could not be replaced; empty if it was
  public record Repaired(
      String file, long firstPosition, long endPosition, String finding, String refusal) {}

  private LogRepair(Disk disk, Disk backup) {
    this.disk = disk;
    this.backup = backup;
  }

  /// Looks at every sealed chunk and replaces what is damaged.
  ///
  /// @return what was found; empty for a log that is sound
  public static List<Repaired> run(Disk disk, Disk backup) throws IOException {
    return new LogRepair(disk, backup).run();
  }

  /// What is known of a chunk that is whole.
  private record Place(UUID storeId, long first, long end) {}

  private List<Repaired> run() throws IOException {
    var names = ChunkNames.on(disk).newest();
    var copies = ChunkNames.on(backup).newest();
    if (names.isEmpty()) {
      throw new IllegalArgumentException("%s holds no store".formatted(disk.describe("")));
    }
    var end = 0L;
    for (var number = 0L; number < names.lastKey(); number++) {
      var name = names.get(number);
      var finding = "this chunk is missing";
      if (name != null) {
        try {
          end = place(disk, number, name).end();
          continue;
        } catch (CorruptLogException e) {
          finding = String.valueOf(e.getMessage());
        }
      }
      end = replace(number, name, copies.get(number), end, finding);
    }
    return repaired;
  }

  private static Place place(Disk disk, long number, ChunkNames.Name name) throws IOException {
    try (var chunk = ChunkFile.open(disk, number, name)) {
      var footer = chunk.footer();
      if (footer == null) {
        throw new CorruptLogException(
            chunk.file().describe(), 0, "a footer expected, for a later chunk exists");
      }
      var first = chunk.header().firstPosition();
      return new Place(chunk.header().storeId(), first, first + footer.count());
    }
  }

  /// Replaces a chunk if the backup has it.
  ///
  /// @param expectedFirst where it has to begin; −1 if nobody knows
  /// @return where the next one begins; −1 if nobody knows
  private long replace(
      long number,
      ChunkNames.@Nullable Name name,
      ChunkNames.@Nullable Name copy,
      long expectedFirst,
      String finding)
      throws IOException {
    var file = disk.describe(name == null ? ChunkNames.of(number) : name.file());
    if (copy == null) {
      repaired.add(new Repaired(file, expectedFirst, -1, finding, "the backup does not have it"));
      return -1;
    }
    Place place;
    try {
      place = place(backup, number, copy);
      requireFits(number, place, expectedFirst);
    } catch (CorruptLogException | IllegalArgumentException e) {
      repaired.add(new Repaired(file, expectedFirst, -1, finding, String.valueOf(e.getMessage())));
      return -1;
    }
    if (name != null) {
      disk.rename(name.file(), ASIDE + name.file());
    }
    try (var chunk = ChunkFile.open(backup, number, copy)) {
      chunk.copyTo(disk, chunk.bytes().byteSize(), _ -> {});
    }
    repaired.add(new Repaired(file, place.first(), place.end(), finding, ""));
    return place.end();
  }

  /// It has to be of this store, and to lie between its neighbours.
  private void requireFits(long number, Place place, long expectedFirst) throws IOException {
    for (var other : ChunkNames.on(disk).newest().entrySet()) {
      var header = header(other.getValue());
      if (header == null || other.getKey() == number) {
        continue;
      }
      if (!header.storeId().equals(place.storeId())) {
        throw new IllegalArgumentException(
            "the backup is of store %s, this is %s".formatted(place.storeId(), header.storeId()));
      }
      if (other.getKey() == number + 1 && header.firstPosition() != place.end()) {
        throw new IllegalArgumentException(
            "the one in the backup ends before position %d, the next chunk begins at %d"
                .formatted(place.end(), header.firstPosition()));
      }
    }
    if (expectedFirst >= 0 && expectedFirst != place.first()) {
      throw new IllegalArgumentException(
          "the one in the backup begins at position %d, the chunk before ends before %d"
              .formatted(place.first(), expectedFirst));
    }
  }

  private @Nullable ChunkHeader header(ChunkNames.Name name) throws IOException {
    try (var file = disk.open(name.file())) {
      return ChunkHeader.decode(file.map());
    } catch (DamagedException e) {
      return null;
    }
  }
}
