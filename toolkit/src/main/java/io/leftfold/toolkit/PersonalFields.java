// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.leftfold.toolkit.keys.BrokenSealException;
import io.leftfold.toolkit.keys.KeysUnavailableException;
import io.leftfold.toolkit.keys.Subject;
import io.leftfold.toolkit.keys.SubjectErasedException;
import io.leftfold.toolkit.keys.SubjectKeys;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Fields of a JSON object that are sealed for subjects, each by itself:
///
/// ```
/// "owner": {"$sealed": base64 of the sealed JSON of the value, "subject": "customer-7"}
/// ```
///
/// A field is sealed for its place: what holds it (a type of events, or nothing for a state), its
/// name, its subject. So no field can be put in the place of another one, or another subject's. It
/// can be put in the place of an older one of the same kind; against that a store is guarded.
final class PersonalFields {

  private static final JsonMapper JSON = Trees.JSON;
  private static final String SEALED = "$sealed";
  private static final String SUBJECT = "subject";

  private final SubjectKeys keys;
  private final String holder;

  /// @param holder the type of events; empty for a state
  PersonalFields(SubjectKeys keys, String holder) {
    this.keys = keys;
    this.holder = holder;
  }

  /// Whether something is known of a field.
  static boolean isKnown(ObjectNode data, String field) {
    var value = data.path(field);
    return !value.isMissingNode() && !value.isNull() && !Personal.isErased(value);
  }

  /// Whether there is something of a declared field to be sealed.
  ///
  /// @throws IllegalStateException if the field is missing: it may have another name by now, and
  ///   what is personal would be written in the clear
  static boolean isToBeSealed(ObjectNode data, String field, String holder) {
    if (!data.has(field)) {
      throw new IllegalStateException(
          "Field %s of %s is declared as personal, but what is to be written has only %s; correct the name, or write null if nothing is known"
              .formatted(field, holder, data.propertyNames()));
    }
    return isKnown(data, field);
  }

  /// Seals a field of which something is known.
  ///
  /// @throws io.leftfold.toolkit.keys.SubjectErasedException if the subject is erased
  /// @throws KeysUnavailableException if that is not known
  void seal(ObjectNode data, String field, Subject subject) {
    var plain = JSON.writeValueAsBytes(data.required(field));
    var sealed = asked(() -> keys.seal(subject, plain, context(field, subject)));
    data.putObject(field)
        .put(SEALED, Base64.getEncoder().encodeToString(sealed))
        .put(SUBJECT, subject.value());
  }

  static boolean isSealed(JsonNode value) {
    return value.isObject() && value.path(SEALED).isString() && value.path(SUBJECT).isString();
  }

  /// Opens a field: what was sealed is there again, or that it was erased.
  ///
  /// @throws BrokenSealException if it is not what was sealed here
  /// @throws KeysUnavailableException if that is not known
  void open(ObjectNode data, String field) {
    var value = data.path(field);
    if (!isSealed(value)) {
      throw new BrokenSealException("field %s is to be sealed, and is not".formatted(field));
    }
    var subject = checked(() -> Subject.of(value.path(SUBJECT).asString()));
    var sealed = checked(() -> Base64.getDecoder().decode(value.path(SEALED).asString()));
    data.set(
        field,
        asked(() -> keys.open(subject, sealed, context(field, subject)))
            .map(JSON::readTree)
            .orElseGet(() -> Personal.erased().toJson(JSON::valueToTree)));
  }

  private static <T> T asked(Supplier<T> keys) {
    try {
      return keys.get();
    } catch (BrokenSealException | SubjectErasedException | KeysUnavailableException e) {
      throw e;
    } catch (RuntimeException e) {
      throw new KeysUnavailableException(e);
    }
  }

  private static <T> T checked(Supplier<T> text) {
    try {
      return text.get();
    } catch (IllegalArgumentException e) {
      throw new BrokenSealException("what is sealed is no text that was sealed here", e);
    }
  }

  private byte[] context(String field, Subject subject) {
    var bytes = new ByteArrayOutputStream();
    try (var context = new DataOutputStream(bytes)) {
      for (var word : new String[] {holder, field, subject.value()}) {
        // With its length, so that no two places look the same.
        var utf8 = word.getBytes(UTF_8);
        context.writeInt(utf8.length);
        context.write(utf8);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Memory does not fail", e);
    }
    return bytes.toByteArray();
  }
}
