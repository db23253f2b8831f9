// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit;

import io.leftfold.toolkit.keys.Subject;
import io.leftfold.toolkit.keys.SubjectKeys;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Between one class and JSON: of events, of states.
///
/// By functions it is what they say, without reflection, and may keep what it does not know:
///
/// ```java
/// JsonBinding.of(
///     deposited -> deposited.rest().deepCopy().put("amount", deposited.amount()),
///     json -> new Deposited(json.get("amount").asLong(), json));
/// ```
///
/// @param <T> the class
public interface JsonBinding<T> {

  /// An event as JSON.
  ///
  /// @param event the event
  /// @return a new object
  ObjectNode write(T event);

  /// An event of JSON, in the shape of today.
  ///
  /// @param json the object
  /// @return the event
  T read(ObjectNode json);

  /// The text of a state's JSON.
  ///
  /// @param state the state
  /// @return an object
  default String writeText(T state) {
    return Trees.JSON.writeValueAsString(write(state));
  }

  /// A state of the text of its JSON. Decimals in it keep every digit.
  ///
  /// @param text an object
  /// @return the state
  default T readText(String text) {
    return read((ObjectNode) Trees.JSON.readTree(text));
  }

  /// The same with fields that are sealed with the key of whom they are about: for a state, in a
  /// snapshot or a read model. When the key is destroyed they are read as [Personal.Erased],
  /// without the state being touched. What is personal in events is declared with
  /// [EventTypesBuilder#personal] instead, so that it can be upcast. A state that lacks one of the
  /// fields is not written (an [IllegalStateException]); null is something else.
  ///
  /// @param keys of the subjects
  /// @param whose the subject; asked only if there is something to seal
  /// @param fields of the JSON object
  /// @return the new binding
  default JsonBinding<T> sealing(
      SubjectKeys keys, Function<? super T, Subject> whose, String... fields) {
    var inside = this;
    var personal = new PersonalFields(keys, "");
    return of(
        state -> {
          var json = inside.write(state);
          for (var field : fields) {
            if (PersonalFields.isToBeSealed(json, field, "a state")) {
              personal.seal(json, field, whose.apply(state));
            }
          }
          return json;
        },
        json -> {
          for (var field : fields) {
            if (PersonalFields.isSealed(json.path(field))) {
              personal.open(json, field);
            }
          }
          return inside.read(json);
        });
  }

  /// By two functions.
  ///
  /// @param write makes a new object
  /// @param read makes an event
  /// @param <T> the class
  /// @return the binding
  static <T> JsonBinding<T> of(
      Function<? super T, ObjectNode> write, Function<? super ObjectNode, ? extends T> read) {
    return new JsonBinding<>() {
      @Override
      public ObjectNode write(T event) {
        return write.apply(event);
      }

      @Override
      public T read(ObjectNode json) {
        return read.apply(json);
      }
    };
  }

  /// As Jackson binds the class, which looks at it by reflection: fields by the names of the
  /// record's components. Decimals come with every digit, so where a class does not say what it
  /// wants (an `Object`, the values of a `Map`) they are a [java.math.BigDecimal]. What Jackson
  /// makes no object of, a number say, is put into a record; it is refused when it is written.
  ///
  /// @param mapper says how
  /// @param type the class, usually a record
  /// @param <T> the class
  /// @return the binding
  static <T> JsonBinding<T> jackson(JsonMapper mapper, Class<T> type) {
    return of(event -> object(mapper, type, event), json -> mapper.treeToValue(json, type));
  }

  private static ObjectNode object(JsonMapper mapper, Class<?> type, Object event) {
    JsonNode tree = mapper.valueToTree(event);
    if (tree instanceof ObjectNode object) {
      return object;
    }
    throw new IllegalArgumentException(
        "Events and states are objects in JSON, but %s is a %s there; put it into a record"
            .formatted(type.getName(), tree.getNodeType()));
  }

  /// As Jackson binds the class if nobody says how.
  ///
  /// @param type the class, usually a record
  /// @param <T> the class
  /// @return the binding
  static <T> JsonBinding<T> jackson(Class<T> type) {
    return jackson(JsonMapper.shared(), type);
  }
}
