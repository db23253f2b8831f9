// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.http;

import io.vertx.core.MultiMap;
import io.vertx.ext.web.RoutingContext;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/// What a page is asked, taken from a request while it is at hand.
///
/// @param name the part of the path that names something; empty if the path has none
/// @param parameters what stands behind the question mark, in any case
/// @param body a text
/// @param base how the caller reaches this server
record PageRequest(String name, MultiMap parameters, String body, String base) {

  static PageRequest of(RoutingContext context) {
    var request = context.request();
    return new PageRequest(
        Objects.requireNonNullElse(context.pathParam("name"), ""),
        MultiMap.caseInsensitiveMultiMap().addAll(context.queryParams()),
        Objects.requireNonNullElse(context.body().asString(), ""),
        "%s://%s".formatted(request.scheme(), request.authority()));
  }

  Optional<String> parameter(String key) {
    return Optional.ofNullable(parameters.get(key)).filter(value -> !value.isEmpty());
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
