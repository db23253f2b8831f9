// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.http.operations;

import io.leftfold.server.http.atom.feed.Json;
import io.leftfold.server.http.exchange.Answer;
import io.leftfold.server.http.exchange.Caching;
import io.leftfold.server.http.exchange.Resource;
import io.leftfold.server.node.Session;
import java.util.List;
import tools.jackson.core.JsonGenerator;

/// `/info/options`: how the server was configured, for operators.
public final class OptionsPage {

  private static final String GROUP = "Leftfold";

  private final List<Option> options;

  /// An option.
  ///
  /// @param name as it is written where servers are configured
  /// @param description what it decides
  /// @param type of its value, a word of JSON Schema
  /// @param value what holds
  /// @param source who says so
  public record Option(String name, String description, String type, String value, String source) {}

  /// The page.
  ///
  /// @param options what it shows
  public OptionsPage(List<Option> options) {
    this.options = List.copyOf(options);
  }

  /// What can be asked.
  ///
  /// @return the resource
  public Resource resource() {
    return Resource.get((_, session) -> answer(session));
  }

  private Answer answer(Session session) {
    session.operator().require();
    return Caching.never()
        .of(
            Json.answer(json -> {
              json.writeStartArray();
              options.forEach(option -> write(json, option));
              json.writeEndArray();
            }));
  }

  private static void write(JsonGenerator json, Option option) {
    json.writeStartObject();
    json.writeStringProperty("name", option.name);
    json.writeStringProperty("description", option.description);
    json.writeStringProperty("group", GROUP);
    json.writeStringProperty("value", option.value);
    json.writeStringProperty("configurationSource", option.source);
    json.writeNullProperty("deprecationMessage");
    json.writeName("schema");
    json.writeStartObject();
    json.writeStringProperty("type", option.type);
    json.writeEndObject();
    json.writeEndObject();
  }
}
