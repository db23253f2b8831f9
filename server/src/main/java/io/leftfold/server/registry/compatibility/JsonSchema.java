// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.registry.compatibility;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonPointer;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// A JSON schema as it was defined, and what its parts say.
public final class JsonSchema {

  /// The deepest nesting of a definition.
  public static final int DEPTH_MAX = 100;

  /// The type of what says nothing of it.
  static final String ANY = "any";

  private static final int REFERENCES_MAX = 32;
  private static final int TYPE_CHARS_MAX = 200;
  private static final ObjectNode NOTHING = JsonNodeFactory.instance.objectNode();

  private static final JsonMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxNestingDepth(DEPTH_MAX).build())
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .build())
          .build();

  private final ObjectNode root;

  private JsonSchema(ObjectNode root) {
    this.root = root;
  }

  /// Reads a definition.
  ///
  /// @param definition JSON in UTF-8: an object, nested to [#DEPTH_MAX] at most, without a key that
  ///   stands twice in one object
  /// @return the schema
  /// @throws IllegalArgumentException if it is something else
  public static JsonSchema parse(byte[] definition) {
    try {
      var text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(definition)).toString();
      if (JSON.readTree(text) instanceof ObjectNode object) {
        return new JsonSchema(object);
      }
      throw new IllegalArgumentException("A JSON schema is an object, got something else");
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("A JSON schema is text in UTF-8, got other bytes", e);
    } catch (JacksonException e) {
      throw new IllegalArgumentException(
          "A JSON schema is a JSON object, nested %d deep at most, with each key once: %s"
              .formatted(DEPTH_MAX, e.getOriginalMessage()),
          e);
    }
  }

  JsonNode root() {
    return root;
  }

  /// A part, or what it refers to inside the document. What refers elsewhere, or in a circle,
  /// stands for itself.
  JsonNode resolved(JsonNode part) {
    var found = part;
    for (var i = 0; i < REFERENCES_MAX; i++) {
      var target = reference(found).flatMap(this::target);
      if (target.isEmpty()) {
        return found;
      }
      found = target.get();
    }
    return part;
  }

  private static Optional<String> reference(JsonNode part) {
    return part.path("$ref").stringValueOpt();
  }

  private Optional<JsonNode> target(String reference) {
    try {
      var fragment = reference.startsWith("#") ? new URI(reference).getFragment() : null;
      return fragment == null
          ? Optional.empty()
          : Optional.of(root.at(JsonPointer.compile(fragment)))
              .filter(node -> !node.isMissingNode());
    } catch (URISyntaxException | IllegalArgumentException e) {
      return Optional.empty(); // no pointer: an anchor, or nonsense
    }
  }

  /// What a part, which is resolved, lets values be: the word of `type`, several in the order of
  /// the alphabet, or what follows from the rest.
  static String type(JsonNode part) {
    if (part.isBoolean()) {
      return part.booleanValue() ? ANY : "nothing";
    }
    var type = part.path("type");
    if (type.isString()) {
      return shortened(type.stringValue());
    }
    if (type.isArray()) {
      var names = new TreeSet<String>();
      type.forEach(name -> names.add(name.asString("")));
      return shortened(String.join("|", names));
    }
    var reference = reference(part);
    if (reference.isPresent()) {
      return shortened("$ref " + reference.get());
    }
    if (part.path("properties").isObject()) {
      return "object";
    }
    return part.has("items") ? "array" : ANY;
  }

  private static String shortened(String type) {
    return type.length() > TYPE_CHARS_MAX
        ? "%s… (%08x)".formatted(type.substring(0, TYPE_CHARS_MAX), type.hashCode())
        : type;
  }

  /// The properties that a part names.
  static ObjectNode properties(JsonNode part) {
    return part.path("properties") instanceof ObjectNode named ? named : NOTHING;
  }

  /// The names of what a part requires.
  static Set<String> required(JsonNode part) {
    var names = new LinkedHashSet<String>();
    part.path("required").forEach(name -> name.stringValueOpt().ifPresent(names::add));
    return names;
  }

  /// What the items of an array are. Items by position are not looked at.
  static JsonNode items(JsonNode part) {
    var items = part.path("items");
    return items.isObject() || items.isBoolean() ? items : NOTHING;
  }
}
