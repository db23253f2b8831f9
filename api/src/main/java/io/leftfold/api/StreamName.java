// SPDX-License-Identifier: Apache-2.0

package io.leftfold.api;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// The name of a stream: any text of 1 to [#BYTES_MAX] bytes of UTF-8, case-sensitive.
///
/// Conventions that the store knows:
///
/// | name | is |
/// |---|---|
/// | `$x` | a *system stream* |
/// | `$$x` | the *metastream* of `x`: its last event is the metadata of `x` |
/// | `account-7` | a stream of the *category* `account`: what stands before the first `-` |
/// | `$ce-account`, `$et-Opened`, `$bc-4f2a` | a *virtual stream*: links to the events of a category, of a type, with a correlation id |
/// | `$streams`, `$category-account` | a *virtual stream* too: of the streams themselves |
///
/// @param value the text
public record StreamName(String value) implements Comparable<StreamName> {

  /// The longest name, in bytes of UTF-8. The `$$` of a metastream does not count.
  public static final int BYTES_MAX = 4096;

  private static final String CATEGORY_STREAM = "$ce-";
  private static final String TYPE_STREAM = "$et-";
  private static final String STREAMS = "$streams";
  private static final String STREAMS_OF_CATEGORY = "$category-";
  private static final String CORRELATION_STREAM = "$bc-";

  /// Checks the text.
  ///
  /// @throws IllegalArgumentException if it is empty, is the metastream of nothing (`$$`), is too
  ///   long or is not valid Unicode
  public StreamName {
    if (value.isEmpty()) {
      throw new IllegalArgumentException("A stream name has at least one character, got none");
    }
    var bytes = utf8Length(value, "A stream name") - (value.startsWith("$$") ? 2 : 0);
    if (bytes > BYTES_MAX) {
      throw new IllegalArgumentException(
          "A stream name has at most %d bytes of UTF-8, got %d: %s…"
              .formatted(BYTES_MAX, bytes, value.substring(0, 40)));
    }
    if (isMetastreamOfNothing(value)) {
      throw new IllegalArgumentException(
          "\"%s\" is the metastream of a stream without a name; add the name".formatted(value));
    }
  }

  /// A name from its text.
  ///
  /// @param value the text
  /// @return the name
  public static StreamName of(String value) {
    return new StreamName(value);
  }

  /// The virtual stream of a category.
  ///
  /// @param category the part of a stream's name before its first `-`
  /// @return `$ce-<category>`
  public static StreamName ofCategory(String category) {
    return new StreamName(CATEGORY_STREAM + category);
  }

  /// The virtual stream of an event type.
  ///
  /// @param type the type
  /// @return `$et-<type>`
  public static StreamName ofType(String type) {
    return new StreamName(TYPE_STREAM + type);
  }

  /// The virtual stream of all streams.
  ///
  /// @return `$streams`
  public static StreamName ofStreams() {
    return new StreamName(STREAMS);
  }

  /// The virtual stream of the streams of a category.
  ///
  /// @param category the part of a stream's name before its first `-`
  /// @return `$category-<category>`
  public static StreamName ofStreamsOfCategory(String category) {
    return new StreamName(STREAMS_OF_CATEGORY + category);
  }

  /// The virtual stream of a correlation id.
  ///
  /// @param id as it stands in the events' metadata
  /// @return `$bc-<id>`
  public static StreamName ofCorrelation(String id) {
    return new StreamName(CORRELATION_STREAM + id);
  }

  /// Whether this is a system stream: its name begins with `$`.
  ///
  /// @return whether it is
  public boolean isSystem() {
    return value.charAt(0) == '$';
  }

  /// Whether this is a metastream: its name begins with `$$`.
  ///
  /// @return whether it is
  public boolean isMetastream() {
    return value.startsWith("$$");
  }

  /// The metastream of this stream.
  ///
  /// @return `$$` and this name
  public StreamName metastream() {
    return new StreamName("$$" + value);
  }

  /// The stream whose metadata this metastream holds.
  ///
  /// @return this name without its `$$`
  /// @throws IllegalStateException if this is not a metastream
  public StreamName original() {
    if (!isMetastream()) {
      throw new IllegalStateException("\"%s\" is not a metastream".formatted(value));
    }
    return new StreamName(value.substring(2));
  }

  /// The category of this stream: what stands before its first `-`.
  ///
  /// @return the category; empty if there is no `-` or nothing before it
  public Optional<String> category() {
    var dash = value.indexOf('-');
    return dash > 0 ? Optional.of(value.substring(0, dash)) : Optional.empty();
  }

  /// Whether this is a virtual stream, answered by the index and never written.
  ///
  /// @return whether it is
  public boolean isVirtual() {
    return virtual().isPresent();
  }

  /// What this virtual stream lists.
  ///
  /// @return what it lists; empty if this is an ordinary stream
  public Optional<VirtualStream> virtual() {
    if (!isSystem()) {
      return Optional.empty();
    }
    if (value.equals(STREAMS)) {
      return Optional.of(new VirtualStream.Streams());
    }
    return after(CATEGORY_STREAM)
        .<VirtualStream>map(VirtualStream.Category::new)
        .or(() -> after(TYPE_STREAM).map(VirtualStream.Type::new))
        .or(() -> after(STREAMS_OF_CATEGORY).map(VirtualStream.StreamsOfCategory::new))
        .or(() -> after(CORRELATION_STREAM).map(VirtualStream.Correlation::new));
  }

  private static boolean isMetastreamOfNothing(String value) {
    return value.startsWith("$$")
        && value.length() % 2 == 0
        && value.chars().allMatch(c -> c == '$');
  }

  private Optional<String> after(String prefix) {
    return value.startsWith(prefix) && value.length() > prefix.length()
        ? Optional.of(value.substring(prefix.length()))
        : Optional.empty();
  }

  @Override
  public int compareTo(StreamName other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }

  /// The bytes that a text takes as UTF-8.
  static int utf8Length(String text, String subject) {
    var isAscii = true;
    for (var i = 0; i < text.length(); i++) {
      var c = text.charAt(i);
      isAscii &= c < 0x80;
      if (Character.isHighSurrogate(c)
          && i + 1 < text.length()
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        i++;
      } else if (Character.isSurrogate(c)) {
        throw new IllegalArgumentException(
            "%s is valid Unicode, but has half a surrogate pair at index %d".formatted(subject, i));
      }
    }
    return isAscii ? text.length() : text.getBytes(StandardCharsets.UTF_8).length;
  }
}
