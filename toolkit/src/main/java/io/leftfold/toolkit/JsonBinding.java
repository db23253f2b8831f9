// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit;

import java.util.function.Function;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Between one class of events and JSON.
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
  /// record's components.
  ///
  /// @param mapper says how
  /// @param type the class, usually a record
  /// @param <T> the class
  /// @return the binding
  static <T> JsonBinding<T> jackson(JsonMapper mapper, Class<T> type) {
    return of(
        event -> mapper.<ObjectNode>valueToTree(event), json -> mapper.treeToValue(json, type));
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
