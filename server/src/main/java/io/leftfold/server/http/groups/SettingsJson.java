// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.http.groups;

import io.leftfold.server.group.GroupSettings;
import io.leftfold.server.group.GroupSource;
import io.leftfold.server.group.Strategy;
import io.leftfold.server.http.exchange.RefusedException;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// How a group works, as JSON: with the names and the defaults of KurrentDB.
final class SettingsJson {

  private static final JsonMapper JSON = JsonMapper.shared();

  private final Map<String, JsonNode> said = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);

  private SettingsJson(JsonNode json) {
    json.properties().forEach(property -> said.put(property.getKey(), property.getValue()));
  }

  /// @param body an object; empty for the defaults
  /// @throws RefusedException if it is none, or there cannot be such a group
  static GroupSettings read(byte[] body, GroupSource source) {
    try {
      return new SettingsJson(object(body)).settings(source);
    } catch (IllegalArgumentException e) {
      throw RefusedException.badRequest(String.valueOf(e.getMessage()));
    }
  }

  private static JsonNode object(byte[] body) {
    try {
      var json = body.length == 0 ? JSON.createObjectNode() : JSON.readTree(body);
      if (json.isObject()) {
        return json;
      }
    } catch (JacksonException _) {
      // As below.
    }
    throw RefusedException.badRequest("The settings of a subscription are a JSON object");
  }

  private GroupSettings settings(GroupSource source) {
    return new GroupSettings(
        start(source),
        flag("resolveLinktos"),
        flag("extraStatistics"),
        Duration.ofMillis(number("messageTimeoutMilliseconds", 10_000)),
        number("maxRetryCount", 10),
        Duration.ofMillis(number("checkPointAfterMilliseconds", 1_000)),
        number("minCheckPointCount", 10),
        number("maxCheckPointCount", 500),
        number("maxSubscriberCount", 10),
        number("liveBufferSize", 500),
        number("bufferSize", 500),
        number("readBatchSize", 20),
        strategy());
  }

  private long start(GroupSource source) {
    var position = said.get("startPosition");
    if (position == null || position.isNull()) {
      var from = said.get("startFrom");
      return from == null || from.isNull() ? 0 : wholeNumber("startFrom", from);
    }
    var text = position.asString("");
    return text.toLowerCase(Locale.ROOT).equals("end")
        ? GroupSettings.END
        : source
            .place(text)
            .orElseThrow(() ->
                new IllegalArgumentException(
                    "startPosition is a number of an event, or end, got " + text));
  }

  private boolean flag(String name) {
    var value = said.get(name);
    if (value == null || value.isNull()) {
      return false;
    }
    if (!value.isBoolean()) {
      throw new IllegalArgumentException("%s is true or false, got %s".formatted(name, value));
    }
    return value.booleanValue();
  }

  private int number(String name, int otherwise) {
    var value = said.get(name);
    return value == null || value.isNull()
        ? otherwise
        : Math.toIntExact(
            Math.clamp(wholeNumber(name, value), Integer.MIN_VALUE, Integer.MAX_VALUE));
  }

  private static long wholeNumber(String name, JsonNode value) {
    if (!value.isIntegralNumber() || !value.canConvertToLong()) {
      throw new IllegalArgumentException("%s is a whole number, got %s".formatted(name, value));
    }
    return value.longValue();
  }

  private Strategy strategy() {
    var value = said.get("namedConsumerStrategy");
    var name = value == null || value.isNull() ? "" : value.asString("");
    return name.isEmpty()
        ? Strategy.ROUND_ROBIN
        : Strategy.of(name)
            .orElseThrow(() ->
                new IllegalArgumentException(
                    "Consumer strategy %s does not exist.".formatted(name)));
  }
}
