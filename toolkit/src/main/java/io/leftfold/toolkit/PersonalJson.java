// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.BeanProperty;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.type.TypeFactory;

/// [Personal] as Jackson binds it.
final class PersonalJson {

  static final String ERASED = "$erased";

  private PersonalJson() {}

  static final class Writer extends ValueSerializer<Personal<?>> {
    @Override
    public void serialize(Personal<?> value, JsonGenerator json, SerializationContext context) {
      switch (value) {
        case Personal.Known<?>(var known) -> context.writeValue(json, known);
        case Personal.Erased<?>() -> {
          json.writeStartObject();
          json.writeBooleanProperty(ERASED, true);
          json.writeEndObject();
        }
      }
    }
  }

  static final class Reader extends ValueDeserializer<Personal<?>> {

    private final JavaType type;

    Reader() {
      this(TypeFactory.unknownType());
    }

    private Reader(JavaType type) {
      this.type = type;
    }

    @Override
    public ValueDeserializer<?> createContextual(
        DeserializationContext context, @Nullable BeanProperty property) {
      var whole = context.getContextualType();
      return whole == null ? this : new Reader(whole.containedTypeOrUnknown(0));
    }

    @Override
    public Personal<?> deserialize(JsonParser json, DeserializationContext context) {
      return Personal.fromJson(
          context.readTree(json), known -> context.<Object>readTreeAsValue(known, type));
    }
  }
}
