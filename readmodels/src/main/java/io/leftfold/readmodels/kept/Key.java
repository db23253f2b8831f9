// SPDX-License-Identifier: Apache-2.0

package io.leftfold.readmodels.kept;

import io.leftfold.toolkit.ProjectionVersion;
import java.util.Comparator;
import tools.jackson.databind.json.JsonMapper;

/// What something is kept under.
///
/// @param kind what it is
/// @param version whose
/// @param partition of what; empty for a checkpoint
/// @param position of an event that is parked; otherwise 0
public record Key(Kind kind, ProjectionVersion version, String partition, long position)
    implements Comparable<Key> {

  private static final JsonMapper JSON = JsonMapper.shared();

  private static final Comparator<Key> ORDER =
      Comparator.comparing(Key::kind)
          .thenComparing(key -> key.version().projection())
          .thenComparingInt(key -> key.version().version())
          .thenComparing(Key::partition)
          .thenComparingLong(Key::position);

  /// What is kept.
  public enum Kind {
    /// How far a version came.
    CHECKPOINT,
    /// An event of a partition that stands still.
    PARKED,
    /// The state of a partition.
    STATE
  }

  /// Of a checkpoint.
  ///
  /// @param version whose
  /// @return the key
  public static Key checkpoint(ProjectionVersion version) {
    return new Key(Kind.CHECKPOINT, version, "", 0);
  }

  /// Of a parked event.
  ///
  /// @param version whose
  /// @param partition which stands still
  /// @param position of the event
  /// @return the key
  public static Key parked(ProjectionVersion version, String partition, long position) {
    return new Key(Kind.PARKED, version, partition, position);
  }

  /// Of a state.
  ///
  /// @param version whose
  /// @param partition whose state it is
  /// @return the key
  public static Key state(ProjectionVersion version, String partition) {
    return new Key(Kind.STATE, version, partition, 0);
  }

  /// Reads what [#text] wrote.
  ///
  /// @param text of a key
  /// @return the key
  public static Key of(String text) {
    var parts = JSON.readTree(text);
    return new Key(
        Kind.valueOf(parts.get(0).asString()),
        new ProjectionVersion(parts.get(1).asString(), parts.get(2).asInt()),
        parts.get(3).asString(),
        parts.get(4).asLong());
  }

  /// The same as text.
  ///
  /// @return a list in JSON, of no line breaks
  public String text() {
    return JSON.createArrayNode()
        .add(kind.name())
        .add(version.projection())
        .add(version.version())
        .add(partition)
        .add(position)
        .toString();
  }

  @Override
  public int compareTo(Key other) {
    return ORDER.compare(this, other);
  }
}
