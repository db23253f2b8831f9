// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit;

import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.annotation.JsonDeserialize;
import tools.jackson.databind.annotation.JsonSerialize;
import tools.jackson.databind.node.JsonNodeFactory;

/// Something about a person, which may have been erased: the type of a field that is declared as
/// personal ([EventTypesBuilder#personal]), so that whoever wants it says what happens without it.
///
/// ```java
/// record Opened(String account, Personal<String> owner) implements AccountEvent {}
///
/// switch (opened.owner()) {
///   case Known(var name) -> "Dear " + name;
///   case Erased() -> "Dear former customer";
/// }
/// ```
///
/// Jackson binds it without being told. In JSON what is known is the value itself, and what is
/// erased `{"$erased": true}`; a [JsonBinding] by functions uses [#fromJson] and [#toJson].
///
/// @param <T> what is known; not null
@JsonSerialize(using = PersonalJson.Writer.class)
@JsonDeserialize(using = PersonalJson.Reader.class)
public sealed interface Personal<T> {

  /// It is known.
  ///
  /// @param value what
  /// @param <T> what is known
  record Known<T>(T value) implements Personal<T> {
    /// Not part of what is logged by chance.
    @Override
    public String toString() {
      return "Known[…]";
    }
  }

  /// It was erased.
  ///
  /// @param <T> what was known
  record Erased<T>() implements Personal<T> {}

  /// Something known.
  ///
  /// @param value what
  /// @param <T> what is known
  /// @return it
  static <T> Personal<T> of(T value) {
    return new Known<>(value);
  }

  /// Something erased.
  ///
  /// @param <T> what was known
  /// @return it
  static <T> Personal<T> erased() {
    return new Erased<>();
  }

  /// What follows from it, which is as personal.
  ///
  /// @param change what follows
  /// @param <R> its type
  /// @return the same of what is known
  default <R> Personal<R> map(Function<? super T, ? extends R> change) {
    return switch (this) {
      case Known<T>(var value) -> new Known<>(change.apply(value));
      case Erased<T>() -> new Erased<>();
    };
  }

  /// What is known, or something in its place.
  ///
  /// @param instead of what was erased
  /// @return the one or the other
  default T orElse(T instead) {
    return switch (this) {
      case Known<T>(var value) -> value;
      case Erased<T>() -> instead;
    };
  }

  /// Whether a value in a tree was erased: for upcasts, which see what is known as it was stored.
  ///
  /// @param json a value
  /// @return whether it is `{"$erased": true}`
  static boolean isErased(JsonNode json) {
    return json.isObject() && json.size() == 1 && json.path(PersonalJson.ERASED).asBoolean(false);
  }

  /// A value of a tree.
  ///
  /// @param json the value
  /// @param read makes what is known of JSON
  /// @param <T> what is known
  /// @return what it means
  static <T> Personal<T> fromJson(JsonNode json, Function<? super JsonNode, ? extends T> read) {
    return isErased(json) ? new Erased<>() : new Known<>(read.apply(json));
  }

  /// As a value of a tree.
  ///
  /// @param write makes JSON of what is known
  /// @return the value
  default JsonNode toJson(Function<? super T, ? extends JsonNode> write) {
    return switch (this) {
      case Known<T>(var value) -> write.apply(value);
      case Erased<T>() -> JsonNodeFactory.instance.objectNode().put(PersonalJson.ERASED, true);
    };
  }
}
