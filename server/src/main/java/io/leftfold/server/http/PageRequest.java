// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.http;

import io.leftfold.server.http.exchange.Presence;
import io.leftfold.server.http.exchange.Request;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

/// What a page is asked.
///
/// @param name the part of the path that names something; empty if the path has none
/// @param request everything
record PageRequest(String name, Request request) {

  /// How the caller reaches this server.
  String base() {
    return request.base();
  }

  /// A text.
  String body() {
    return new String(request.body(), StandardCharsets.UTF_8);
  }

  Presence presence() {
    return request.presence();
  }

  boolean accepts(String type) {
    return request.header("accept").filter(accepted -> accepted.contains(type)).isPresent();
  }

  /// Whether a parameter is there, even without a value.
  boolean has(String key) {
    return request.target().query().containsKey(key.toLowerCase(Locale.ROOT));
  }

  Optional<String> parameter(String key) {
    return request.target().parameter(key.toLowerCase(Locale.ROOT));
  }

  int number(String key, int otherwise) {
    return parameter(key)
        .map(value -> {
          if (!value.matches("[0-9]{1,9}")) {
            throw new IllegalArgumentException("%s is a number, got %s".formatted(key, value));
          }
          return Integer.parseInt(value);
        })
        .orElse(otherwise);
  }

  boolean flag(String key, boolean otherwise) {
    return parameter(key).map(value -> isYes(key, value)).orElse(otherwise);
  }

  private static boolean isYes(String key, String value) {
    return switch (value.toLowerCase(Locale.ROOT)) {
      case "yes", "true", "1" -> true;
      case "no", "false", "0" -> false;
      default ->
          throw new IllegalArgumentException(
              "%s is yes, true or 1, or no, false or 0; got %s".formatted(key, value));
    };
  }
}
