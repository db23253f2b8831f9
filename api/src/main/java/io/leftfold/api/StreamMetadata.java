// SPDX-License-Identifier: Apache-2.0

package io.leftfold.api;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;

/// What a stream's metadata says: how much of it is visible, who may use it, and whatever the
/// application adds.
///
/// On disk and on the wire it is a JSON object with the keys that KurrentDB uses (`$maxCount`,
/// `$maxAge`, `$tb`, `$tmp`, `$cacheControl`, `$acl`).
///
/// @param maxCount only so many of the last events are visible; above 0
/// @param maxAge only events younger than this are visible; whole seconds above 0
/// @param truncateBefore only events from this revision on are visible; [Long#MAX_VALUE] means
///   deleted
/// @param temporary whether scavenging removes the stream altogether
/// @param cacheControl how long HTTP clients may cache the head; whole seconds above 0
/// @param acl who may do what; empty for the store's defaults
/// @param custom the application's own keys (not beginning with `$`), each with a JSON value
public record StreamMetadata(
    OptionalLong maxCount,
    Optional<Duration> maxAge,
    OptionalLong truncateBefore,
    boolean temporary,
    Optional<Duration> cacheControl,
    Optional<Acl> acl,
    SortedMap<String, String> custom) {

  private static final StreamMetadata NONE =
      new StreamMetadata(
          OptionalLong.empty(),
          Optional.empty(),
          OptionalLong.empty(),
          false,
          Optional.empty(),
          Optional.empty(),
          new TreeMap<>());

  /// Checks the numbers.
  public StreamMetadata {
    if (maxCount.isPresent() && maxCount.getAsLong() <= 0) {
      throw new IllegalArgumentException("maxCount is above 0, got " + maxCount.getAsLong());
    }
    if (truncateBefore.isPresent() && truncateBefore.getAsLong() < 0) {
      throw new IllegalArgumentException(
          "truncateBefore is a revision, got " + truncateBefore.getAsLong());
    }
    wholeSeconds(maxAge, "maxAge");
    wholeSeconds(cacheControl, "cacheControl");
    custom = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(custom));
  }

  private static void wholeSeconds(Optional<Duration> duration, String name) {
    if (duration.isPresent()
        && (duration.get().toSeconds() <= 0 || duration.get().toNanosPart() != 0)) {
      throw new IllegalArgumentException(
          "%s is whole seconds above 0, got %s".formatted(name, duration.get()));
    }
  }

  /// Metadata that says nothing.
  ///
  /// @return the metadata
  public static StreamMetadata none() {
    return NONE;
  }

  /// With only so many of the last events visible.
  ///
  /// @param events above 0
  /// @return the new metadata
  public StreamMetadata withMaxCount(long events) {
    return new StreamMetadata(
        OptionalLong.of(events), maxAge, truncateBefore, temporary, cacheControl, acl, custom);
  }

  /// With only events younger than this visible.
  ///
  /// @param age whole seconds above 0
  /// @return the new metadata
  public StreamMetadata withMaxAge(Duration age) {
    return new StreamMetadata(
        maxCount, Optional.of(age), truncateBefore, temporary, cacheControl, acl, custom);
  }

  /// With only events from this revision on visible.
  ///
  /// @param revision from 0
  /// @return the new metadata
  public StreamMetadata withTruncateBefore(long revision) {
    return new StreamMetadata(
        maxCount, maxAge, OptionalLong.of(revision), temporary, cacheControl, acl, custom);
  }

  /// With this access list.
  ///
  /// @param acl who may do what
  /// @return the new metadata
  public StreamMetadata withAcl(Acl acl) {
    return new StreamMetadata(
        maxCount, maxAge, truncateBefore, temporary, cacheControl, Optional.of(acl), custom);
  }

  /// With one key of the application's own.
  ///
  /// @param key not beginning with `$`
  /// @param json one JSON value, for example `"text"` with its quotes, `7` or `{"a":1}`
  /// @return the new metadata
  public StreamMetadata withCustom(String key, String json) {
    if (key.startsWith("$")) {
      throw new IllegalArgumentException(
          "Keys that begin with \"$\" are the store's own, got \"%s\"".formatted(key));
    }
    var extended = new TreeMap<>(custom);
    extended.put(key, json);
    return new StreamMetadata(
        maxCount, maxAge, truncateBefore, temporary, cacheControl, acl, extended);
  }

  /// Who may do what with a stream: for each action the users and roles, or nothing where the
  /// store's default holds. An empty list admits administrators only.
  ///
  /// @param actions by action
  public record Acl(Map<Action, List<String>> actions) {
    /// Copies the map.
    public Acl {
      actions = Map.copyOf(actions);
    }

    /// What can be done with a stream.
    public enum Action {
      /// Reading events (`$r`).
      READ,
      /// Appending events (`$w`).
      WRITE,
      /// Deleting (`$d`).
      DELETE,
      /// Reading metadata (`$mr`).
      READ_METADATA,
      /// Writing metadata (`$mw`).
      WRITE_METADATA
    }
  }
}
