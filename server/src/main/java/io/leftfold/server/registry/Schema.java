// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.registry;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What the events of a schema's stream come to. Definitions stay in the stream.
///
/// @param name of the schema
/// @param details what is said of it
/// @param versions those that are there, by number; never empty
/// @param highest the highest number that a version ever had
/// @param created when it was made
/// @param updated when something about it was last changed
/// @param isDeleted whether it is gone
public record Schema(
    SchemaName name,
    SchemaDetails details,
    List<Version> versions,
    int highest,
    Instant created,
    Instant updated,
    boolean isDeleted) {

  /// A version of a schema.
  ///
  /// @param id by which it is known everywhere
  /// @param number from 1, within the schema
  /// @param registered when
  /// @param revision where in the schema's stream its definition is
  /// @param digest of the definition
  public record Version(UUID id, int number, Instant registered, long revision, String digest) {

    private static Version of(SchemaEvent.Definition definition, SchemaEvent.Recorded recorded) {
      return new Version(
          definition.id(),
          definition.number(),
          recorded.at(),
          recorded.revision(),
          digestOf(definition.bytes()));
    }
  }

  /// Copies the versions.
  public Schema {
    versions = List.copyOf(versions);
  }

  /// The version with the highest number.
  ///
  /// @return of those that are there
  public Version latest() {
    return versions.getLast();
  }

  /// The version with a number.
  ///
  /// @param number which
  /// @return empty if it is not there
  public Optional<Version> version(int number) {
    return versions.stream().filter(version -> version.number() == number).findFirst();
  }

  /// The version with an id.
  ///
  /// @param id which
  /// @return empty if it is not there
  public Optional<Version> version(UUID id) {
    return versions.stream().filter(version -> version.id().equals(id)).findFirst();
  }

  static String digestOf(byte[] definition) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(definition));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every JDK has SHA-256", e);
    }
  }

  /// What holds after an event. What does not fit what was there before changes nothing.
  static @Nullable Schema evolve(
      SchemaName name, @Nullable Schema before, SchemaEvent.Recorded recorded) {
    if (recorded.event() instanceof SchemaEvent.Created(var details, var first)) {
      return before == null && first.number() == 1
          ? new Schema(
              name,
              details,
              List.of(Version.of(first, recorded)),
              1,
              recorded.at(),
              recorded.at(),
              false)
          : before;
    }
    return before == null || before.isDeleted ? before : before.after(recorded);
  }

  private Schema after(SchemaEvent.Recorded recorded) {
    return switch (recorded.event()) {
      case SchemaEvent.Created _ -> this;
      case SchemaEvent.VersionRegistered(var version) ->
          version.number() > highest
              ? with(
                  recorded,
                  details,
                  Stream.concat(versions.stream(), Stream.of(Version.of(version, recorded)))
                      .toList(),
                  version.number())
              : this;
      case SchemaEvent.VersionsDeleted(var numbers) -> {
        var left =
            versions.stream().filter(version -> !numbers.contains(version.number())).toList();
        yield left.isEmpty() ? this : with(recorded, details, left, highest);
      }
      case SchemaEvent.CompatibilityModeChanged(var mode) ->
          with(recorded, details.withCompatibility(mode), versions, highest);
      case SchemaEvent.TagsUpdated(var tags) ->
          with(recorded, details.withTags(tags), versions, highest);
      case SchemaEvent.DescriptionUpdated(var description) ->
          with(recorded, details.withDescription(description), versions, highest);
      case SchemaEvent.Deleted() ->
          new Schema(name, details, versions, highest, created, recorded.at(), true);
    };
  }

  private Schema with(
      SchemaEvent.Recorded recorded, SchemaDetails otherDetails, List<Version> others, int most) {
    return new Schema(name, otherDetails, others, most, created, recorded.at(), false);
  }
}
