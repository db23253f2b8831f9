// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.group;

import io.leftfold.api.StreamName;
import io.leftfold.api.VirtualStream;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/// What a group reads. A *place* in it is a revision of the stream, or a position of all.
public sealed interface GroupSource {

  /// How all streams are named where a stream is expected.
  String ALL = "$all";

  /// One stream.
  ///
  /// @param stream which
  record OfStream(StreamName stream) implements GroupSource {
    @Override
    public String toString() {
      return stream.value();
    }
  }

  /// All streams.
  record OfAll() implements GroupSource {
    private static final Pattern PLACE = Pattern.compile("C:(-?\\d+)/P:-?\\d+");

    @Override
    public String toString() {
      return ALL;
    }
  }

  /// From its name.
  ///
  /// @param name of a stream, or `$all`
  /// @return the source
  static GroupSource of(String name) {
    return name.equals(ALL) ? new OfAll() : new OfStream(StreamName.of(name));
  }

  /// Whether its places are positions, which mean something in one store only, or revisions.
  ///
  /// @return whether they are positions
  default boolean countsPositions() {
    return switch (this) {
      case OfStream(var stream) ->
          stream.virtual().orElse(null) instanceof VirtualStream.Correlation;
      case OfAll() -> true;
    };
  }

  /// A place as text.
  ///
  /// @param place −1 for the end, or none
  /// @return `42` in a stream, `C:42/P:42` in all
  default String text(long place) {
    return switch (this) {
      case OfStream _ -> Long.toString(place);
      case OfAll() -> "C:%d/P:%d".formatted(place, place);
    };
  }

  /// A place from its text.
  ///
  /// @param text as [#text] writes it
  /// @return the place; empty if the text is none
  default OptionalLong place(String text) {
    try {
      return switch (this) {
        case OfStream _ -> OptionalLong.of(Long.parseLong(text));
        case OfAll() -> {
          var matcher = OfAll.PLACE.matcher(text);
          yield matcher.matches()
              ? OptionalLong.of(Long.parseLong(matcher.group(1)))
              : OptionalLong.empty();
        }
      };
    } catch (NumberFormatException _) {
      return OptionalLong.empty();
    }
  }
}
