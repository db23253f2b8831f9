// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.node;

import io.leftfold.api.ProposedEvent;
import io.leftfold.api.Tag;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/// The tags that an event has by its metadata: how clients tag events whose protocol knows no tags.
///
/// Metadata that is a JSON object may have a `$tags`: an array of texts, or, for clients whose
/// metadata is texts only, a text that holds such an array. The metadata itself is recorded as it
/// came. A `$tags` that cannot be understood is refused, for an event that cannot be found by what
/// its writer tagged it with is lost without a trace.
///
/// Most metadata has none: it is parsed only if the bytes of the key are in it. So a key that is
/// written with escapes is not seen.
public final class MetadataTags {

  private static final JsonFactory JSON = new JsonFactory();
  private static final String KEY = "$tags";
  private static final byte[] QUOTED_KEY = ("\"" + KEY + "\"").getBytes(StandardCharsets.US_ASCII);

  private MetadataTags() {}

  /// The tags in some metadata. Said twice, a tag counts once; of several `$tags` the last counts.
  ///
  /// @param metadata of an event, as it came; not changed
  /// @return the tags, in order; none, if there is no `$tags`, or it is null, or the metadata is no
  ///   JSON object
  /// @throws IllegalArgumentException if there is a `$tags` that is something else, or tags are
  ///   empty, too long or too many
  public static List<Tag> of(byte[] metadata) {
    return isMentioned(metadata) ? parsed(metadata) : List.of();
  }

  private static boolean isMentioned(byte[] bytes) {
    var last = bytes.length - QUOTED_KEY.length;
    for (var at = 0; at <= last; at++) {
      if (bytes[at + 1] == '$'
          && Arrays.equals(bytes, at, at + QUOTED_KEY.length, QUOTED_KEY, 0, QUOTED_KEY.length)) {
        return true;
      }
    }
    return false;
  }

  private static List<Tag> parsed(byte[] metadata) {
    try (var parser = JSON.createParser(ObjectReadContext.empty(), metadata)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return List.of();
      }
      Found found = new Found.Nothing();
      for (var key = parser.nextName(); key != null; key = parser.nextName()) {
        var value = parser.nextToken();
        if (key.equals(KEY)) {
          found = found(parser, value);
        }
        parser.skipChildren();
      }
      var whole = parser.currentToken() == JsonToken.END_OBJECT && parser.nextToken() == null;
      return whole ? found.tags() : List.of();
    } catch (JacksonException noJson) {
      return List.of();
    }
  }

  /// What stands at the key. It counts only if all the rest is JSON too.
  private sealed interface Found {

    List<Tag> tags();

    record Nothing() implements Found {
      @Override
      public List<Tag> tags() {
        return List.of();
      }
    }

    record Tags(Set<Tag> all) implements Found {
      @Override
      public List<Tag> tags() {
        return List.copyOf(all);
      }
    }

    record Fault(String message) implements Found {
      @Override
      public List<Tag> tags() {
        throw new IllegalArgumentException(message);
      }
    }
  }

  private static Found found(JsonParser parser, JsonToken value) {
    return switch (value) {
      case VALUE_NULL -> new Found.Nothing();
      case START_ARRAY -> array(parser);
      case VALUE_STRING -> text(parser.getString());
      default -> noTags();
    };
  }

  private static Found text(String json) {
    try (var parser = JSON.createParser(ObjectReadContext.empty(), json)) {
      if (parser.nextToken() != JsonToken.START_ARRAY) {
        return noTags();
      }
      var found = array(parser);
      return parser.nextToken() == null ? found : noTags();
    } catch (JacksonException noJson) {
      return noTags();
    }
  }

  /// Takes the array to its end, whatever is in it: what follows has to be JSON too.
  private static Found array(JsonParser parser) {
    var tags = new LinkedHashSet<Tag>();
    Found found = new Found.Tags(tags);
    for (var token = parser.nextToken();
        token != JsonToken.END_ARRAY && token != null;
        token = parser.nextToken()) {
      parser.skipChildren();
      if (found instanceof Found.Tags) {
        found = token == JsonToken.VALUE_STRING ? add(tags, parser.getString()) : noTags();
      }
    }
    return found;
  }

  private static Found add(Set<Tag> tags, String text) {
    try {
      tags.add(Tag.of(text));
    } catch (IllegalArgumentException e) {
      return new Found.Fault("%s, in %s of the metadata".formatted(e.getMessage(), KEY));
    }
    return tags.size() <= ProposedEvent.TAGS_MAX
        ? new Found.Tags(tags)
        : new Found.Fault(
            "An event has at most %d tags, and %s of the metadata has more"
                .formatted(ProposedEvent.TAGS_MAX, KEY));
  }

  private static Found noTags() {
    return new Found.Fault(
        "%s of the metadata is an array of texts (or a text that holds one), and here it is something else"
            .formatted(KEY));
  }
}
