// SPDX-License-Identifier: Apache-2.0

package io.leftfold.examples.bank;

import java.time.DateTimeException;
import java.time.LocalDate;
import tools.jackson.databind.node.ObjectNode;

/// The fields of a request, each as it has to be; otherwise an [IllegalArgumentException] says what
/// is wrong with it.
record Body(ObjectNode json) {

  boolean has(String field) {
    return json.hasNonNull(field);
  }

  String text(String field) {
    var value = json.path(field);
    if (!value.isString()) {
      throw wrong(field, "is a text");
    }
    return value.stringValue();
  }

  String text(String field, String otherwise) {
    return has(field) ? text(field) : otherwise;
  }

  long number(String field) {
    var value = json.path(field);
    if (!value.isIntegralNumber() || !value.canConvertToLong()) {
      throw wrong(field, "is a whole number");
    }
    return value.longValue();
  }

  LocalDate date(String field) {
    return date("The field \"%s\"".formatted(field), text(field));
  }

  /// A date as people write it in a request.
  static LocalDate date(String what, String text) {
    try {
      return LocalDate.parse(text);
    } catch (DateTimeException _) {
      throw new IllegalArgumentException(
          "%s is a date such as 2026-07-17, got \"%s\"".formatted(what, text));
    }
  }

  private IllegalArgumentException wrong(String field, String rule) {
    return new IllegalArgumentException(
        "The field \"%s\" %s, got %s"
            .formatted(field, rule, json.has(field) ? json.get(field) : "none"));
  }
}
