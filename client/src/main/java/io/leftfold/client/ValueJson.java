// SPDX-License-Identifier: Apache-2.0

package io.leftfold.client;

import com.google.protobuf.Value;
import java.util.stream.Collectors;

/// The JSON that a value of the wire stands for. The wire has one kind of number: whole ones are
/// written as such.
final class ValueJson {

  private static final double WHOLE_BELOW = 0x1p53;

  private ValueJson() {}

  static String of(Value value) {
    return switch (value.getKindCase()) {
      case NULL_VALUE, KIND_NOT_SET -> "null";
      case BOOL_VALUE -> Boolean.toString(value.getBoolValue());
      case NUMBER_VALUE -> number(value.getNumberValue());
      case STRING_VALUE -> text(value.getStringValue());
      case LIST_VALUE ->
          value.getListValue().getValuesList().stream()
              .map(ValueJson::of)
              .collect(Collectors.joining(",", "[", "]"));
      case STRUCT_VALUE ->
          value.getStructValue().getFieldsMap().entrySet().stream()
              .map(field -> text(field.getKey()) + ":" + of(field.getValue()))
              .collect(Collectors.joining(",", "{", "}"));
    };
  }

  private static String number(double number) {
    if (Math.rint(number) == number && Math.abs(number) < WHOLE_BELOW) {
      return Long.toString((long) number);
    }
    return Double.isFinite(number) ? Double.toString(number) : "null";
  }

  private static String text(String text) {
    var json = new StringBuilder(text.length() + 2).append('"');
    text.chars()
        .forEach(c -> {
          switch (c) {
            case '"', '\\' -> json.append('\\').append((char) c);
            case '\n' -> json.append("\\n");
            case '\r' -> json.append("\\r");
            case '\t' -> json.append("\\t");
            default -> {
              if (c < ' ') {
                json.append("\\u%04x".formatted(c));
              } else {
                json.append((char) c);
              }
            }
          }
        });
    return json.append('"').toString();
  }
}
