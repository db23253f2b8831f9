// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.grpc.projections;

import com.google.protobuf.ListValue;
import com.google.protobuf.NullValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;

/// JSON as protobuf has it: every number is a floating-point one.
final class JsonValues {

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Value NOTHING =
      Value.newBuilder().setStructValue(Struct.getDefaultInstance()).build();

  private JsonValues() {}

  /// @param text JSON, or empty for nothing, which is an object without fields
  static Value of(String text) {
    return text.isBlank() ? NOTHING : of(JSON.readTree(text));
  }

  private static Value of(JsonNode node) {
    var value = Value.newBuilder();
    return (switch (node.getNodeType()) {
          case OBJECT -> {
            var fields = Struct.newBuilder();
            node.propertyStream()
                .forEach(field -> fields.putFields(field.getKey(), of(field.getValue())));
            yield value.setStructValue(fields);
          }
          case ARRAY -> {
            var values = ListValue.newBuilder();
            node.forEach(element -> values.addValues(of(element)));
            yield value.setListValue(values);
          }
          case BOOLEAN -> value.setBoolValue(node.booleanValue());
          case NUMBER -> value.setNumberValue(node.doubleValue());
          case STRING, BINARY, POJO -> value.setStringValue(node.asString());
          case NULL, MISSING -> value.setNullValue(NullValue.NULL_VALUE);
        })
        .build();
  }

  /// Fields as text.
  ///
  /// @return a JSON object; empty if there are no fields
  static String text(Map<String, Value> fields) {
    return fields.isEmpty() ? "" : JSON.writeValueAsString(object(fields));
  }

  private static JsonNode object(Map<String, Value> fields) {
    var object = JsonNodeFactory.instance.objectNode();
    fields.forEach((name, value) -> object.set(name, node(value)));
    return object;
  }

  private static JsonNode node(Value value) {
    var nodes = JsonNodeFactory.instance;
    return switch (value.getKindCase()) {
      case STRUCT_VALUE -> object(value.getStructValue().getFieldsMap());
      case LIST_VALUE -> {
        var array = nodes.arrayNode();
        value.getListValue().getValuesList().forEach(element -> array.add(node(element)));
        yield array;
      }
      case STRING_VALUE -> nodes.stringNode(value.getStringValue());
      case NUMBER_VALUE -> nodes.numberNode(value.getNumberValue());
      case BOOL_VALUE -> nodes.booleanNode(value.getBoolValue());
      case NULL_VALUE, KIND_NOT_SET -> nodes.nullNode();
    };
  }
}
