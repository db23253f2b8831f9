// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks.soak;

import io.leftfold.api.ContentType;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.api.Tag;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.UUID;

/// The events of a soak. All that an event says follows from the seed, its stream and its revision,
/// so that any event can be checked without being kept.
///
/// @param seed of the run
record SoakEvents(long seed) {

  static final int TYPES = 5;
  private static final int GROUPS = 50;
  private static final int DATA_BYTES_MIN = 32;
  private static final int DATA_BYTES_MAX = 300;
  private static final byte[] NOTHING = {};
  private static final String SEAT = "seat";

  ProposedEvent at(StreamName stream, long revision) {
    var chance = chance(stream, revision, 0);
    var tags = group(chance.nextInt(4 * GROUPS));
    return event(stream, revision, tags, chance);
  }

  /// An event that takes a seat; another one for each seat.
  ProposedEvent claim(StreamName stream, long revision, long seat) {
    return event(stream, revision, List.of(seat(seat)), chance(stream, revision, seat + 1));
  }

  static Tag seat(long number) {
    return Tag.of(SEAT, Long.toString(number));
  }

  static Tag group(SplittableRandom random) {
    return Tag.of("group", Integer.toString(random.nextInt(GROUPS)));
  }

  static String type(int number) {
    return "Type" + number;
  }

  private static List<Tag> group(int number) {
    return number < GROUPS ? List.of(Tag.of("group", Integer.toString(number))) : List.of();
  }

  private static ProposedEvent event(
      StreamName stream, long revision, List<Tag> tags, SplittableRandom chance) {
    var data = new byte[chance.nextInt(DATA_BYTES_MIN, DATA_BYTES_MAX)];
    chance.nextBytes(data);
    var type = type(Math.floorMod(stream.hashCode() + (int) revision, TYPES));
    var id = new UUID(chance.nextLong(), chance.nextLong() | 1);
    return new ProposedEvent(id, type, ContentType.BINARY, data, NOTHING, tags);
  }

  private SplittableRandom chance(StreamName stream, long revision, long salt) {
    return new SplittableRandom(mix(mix(mix(seed, hash(stream)), revision), salt));
  }

  /// What is wrong with an event, by itself.
  Optional<String> alteration(RecordedEvent found) {
    var proposed =
        Retention.of(found.stream()).equals(Optional.of(Retention.CLAIMS))
            ? claim(found.stream(), found.revision(), seatOf(found))
            : at(found.stream(), found.revision());
    if (!found.id().equals(proposed.id())) {
      return Optional.of("has the id %s, not %s".formatted(found.id(), proposed.id()));
    }
    if (!Arrays.equals(found.data(), proposed.data())
        || !found.type().equals(proposed.type())
        || !found.tags().equals(proposed.tags())
        || found.metadata().length != 0) {
      return Optional.of("is not what was appended");
    }
    return Optional.empty();
  }

  private static long seatOf(RecordedEvent claim) {
    return claim.tags().stream()
        .map(Tag::value)
        .filter(tag -> tag.startsWith(SEAT + ":"))
        .mapToLong(tag -> Long.parseLong(tag, SEAT.length() + 1, tag.length(), 10))
        .findFirst()
        .orElse(-1);
  }

  /// Stands for an event where it is to be compared with what was seen at the same position.
  static long fingerprint(StreamName stream, long revision, UUID id) {
    return mix(mix(hash(stream), revision), id.getMostSignificantBits())
        ^ id.getLeastSignificantBits();
  }

  private static long hash(StreamName stream) {
    var hash = 0L;
    for (var i = 0; i < stream.value().length(); i++) {
      hash = hash * 0x100000001b3L + stream.value().charAt(i);
    }
    return hash;
  }

  private static long mix(long state, long value) {
    var mixed = (state ^ value) * 0x9e3779b97f4a7c15L;
    mixed = (mixed ^ (mixed >>> 32)) * 0xd6e8feb86659fd93L;
    return mixed ^ (mixed >>> 29);
  }
}
