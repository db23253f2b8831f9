// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.group;

import io.leftfold.api.EventFilter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// All groups as one JSON object, as KurrentDB keeps them.
///
/// Places that are positions mean something in one store only, while events may be copied to
/// another, this configuration among them. So an entry with such places says of which store they
/// are, and elsewhere no group is made of it; nor of one that does not say, for it is KurrentDB's.
final class GroupConfiguration {

  private static final JsonMapper JSON = JsonMapper.shared();
  private static final String STREAM = "stream";
  private static final String GROUP = "group";
  private static final String BY_STREAM = "streamid";
  private static final String BY_TYPE = "eventtype";
  private static final String REGEX = "regex";
  private static final String PREFIX = "prefix";
  private static final String BETWEEN_PREFIXES = ",";
  private static final String POSITIONS_OF = "positionsOf";

  private GroupConfiguration() {}

  // ---- writing

  static byte[] encode(
      Collection<GroupDefinition> groups,
      Collection<Configured.Unusable> unusable,
      UUID storeId,
      Instant now,
      String user) {
    var json =
        JSON.createObjectNode()
            .put("version", "2")
            .put("updated", now.toString())
            .put("updatedBy", user);
    var entries = json.putArray("entries");
    groups.forEach(group -> write(entries.addObject(), group, storeId));
    unusable.forEach(kept -> entries.add(kept.entry()));
    return JSON.writeValueAsBytes(json);
  }

  private static void write(ObjectNode entry, GroupDefinition group, UUID storeId) {
    var settings = group.settings();
    var source = group.id().source();
    entry.put(STREAM, source.toString()).put(GROUP, group.id().name());
    if (group.isFiltered()) {
      write(entry.putObject("filter"), group.filter());
    } else {
      entry.putNull("filter");
    }
    entry
        .put("resolveLinkTos", settings.resolveLinks())
        .put("extraStatistics", settings.extraStatistics())
        .put("messageTimeout", settings.messageTimeout().toMillis())
        .put("startFrom", source instanceof GroupSource.OfStream ? settings.start() : 0)
        .put("startPosition", source.text(settings.start()))
        .put("liveBufferSize", settings.liveBufferSize())
        .put("historyBufferSize", settings.historyBufferSize())
        .put("maxRetryCount", settings.maxRetryCount())
        .put("readBatchSize", settings.readBatchSize())
        .put("preferRoundRobin", settings.strategy() == Strategy.ROUND_ROBIN)
        .put("checkPointAfter", settings.checkpointAfter().toMillis())
        .put("minCheckPointCount", settings.minCheckpointCount())
        .put("maxCheckPointCount", settings.maxCheckpointCount())
        .put("maxSubscriberCount", settings.maxSubscriberCount())
        .put("namedConsumerStrategy", settings.strategy().text());
    if (source.countsPositions()) {
      entry.put(POSITIONS_OF, storeId.toString());
    }
  }

  private static void write(ObjectNode json, EventFilter filter) {
    switch (filter) {
      case EventFilter.StreamPrefix(var prefixes) -> write(json, BY_STREAM, PREFIX, join(prefixes));
      case EventFilter.StreamRegex(var regex) -> write(json, BY_STREAM, REGEX, regex);
      case EventFilter.TypePrefix(var prefixes) -> write(json, BY_TYPE, PREFIX, join(prefixes));
      case EventFilter.TypeRegex(var regex) -> write(json, BY_TYPE, REGEX, regex);
      case EventFilter.Everything _,
          EventFilter.Category _,
          EventFilter.Types _,
          EventFilter.Tagged _,
          EventFilter.Matching _ ->
          throw new IllegalArgumentException(
              "A group is filtered by prefixes or an expression, got " + filter);
    }
    json.put("isAllStream", true);
  }

  private static void write(ObjectNode json, String context, String type, String data) {
    json.put("context", context).put("type", type).put("data", data);
  }

  private static String join(List<String> prefixes) {
    var separated = prefixes.stream().filter(prefix -> prefix.contains(BETWEEN_PREFIXES)).findAny();
    if (separated.isPresent()) {
      throw new IllegalArgumentException(
          "The prefixes of a group's filter have no commas, for they are kept with commas between them; got '%s'"
              .formatted(separated.get()));
    }
    return String.join(BETWEEN_PREFIXES, prefixes);
  }

  /// Whether a filter can be kept; if not, why.
  static Optional<String> objection(EventFilter filter) {
    if (filter instanceof EventFilter.Everything) {
      return Optional.empty();
    }
    try {
      write(JSON.createObjectNode(), filter);
      return Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.ofNullable(e.getMessage());
    }
  }

  // ---- reading

  /// @throws tools.jackson.core.JacksonException if it is not JSON
  static Configured decode(byte[] bytes, UUID storeId) {
    var groups = new ArrayList<GroupDefinition>();
    var unusable = new ArrayList<Configured.Unusable>();
    for (var entry : JSON.readTree(bytes).path("entries")) {
      try {
        groups.add(definition(entry, storeId));
      } catch (IllegalArgumentException e) {
        unusable.add(
            new Configured.Unusable(
                entry.path(STREAM).asString(""),
                entry.path(GROUP).asString(""),
                "%s. Create it again, or delete it".formatted(e.getMessage()),
                entry));
      }
    }
    return new Configured(groups, unusable);
  }

  private static GroupDefinition definition(JsonNode entry, UUID storeId) {
    var source = GroupSource.of(entry.path(STREAM).asString(""));
    if (source.countsPositions()
        && !entry.path(POSITIONS_OF).asString("").equals(storeId.toString())) {
      throw new IllegalArgumentException(
          "Its start and its checkpoint are positions of another store, from which it was copied");
    }
    var usual = GroupSettings.defaults();
    var settings =
        new GroupSettings(
            start(entry, source),
            entry.path("resolveLinkTos").asBoolean(usual.resolveLinks()),
            entry.path("extraStatistics").asBoolean(usual.extraStatistics()),
            millis(entry, "messageTimeout", usual.messageTimeout()),
            entry.path("maxRetryCount").asInt(usual.maxRetryCount()),
            millis(entry, "checkPointAfter", usual.checkpointAfter()),
            entry.path("minCheckPointCount").asInt(usual.minCheckpointCount()),
            entry.path("maxCheckPointCount").asInt(usual.maxCheckpointCount()),
            entry.path("maxSubscriberCount").asInt(usual.maxSubscriberCount()),
            entry.path("liveBufferSize").asInt(usual.liveBufferSize()),
            entry.path("historyBufferSize").asInt(usual.historyBufferSize()),
            entry.path("readBatchSize").asInt(usual.readBatchSize()),
            strategy(entry));
    var id = new GroupId(source, entry.path(GROUP).asString(""));
    return new GroupDefinition(id, filter(entry.path("filter")), settings);
  }

  private static long start(JsonNode entry, GroupSource source) {
    return source
        .place(entry.path("startPosition").asString(""))
        .orElse(entry.path("startFrom").asLong(0));
  }

  private static Duration millis(JsonNode entry, String name, Duration usual) {
    return Duration.ofMillis(entry.path(name).asLong(usual.toMillis()));
  }

  private static Strategy strategy(JsonNode entry) {
    // Version 1 had only this.
    var before =
        entry.path("preferRoundRobin").asBoolean(false)
            ? Strategy.ROUND_ROBIN
            : Strategy.DISPATCH_TO_SINGLE;
    var name = entry.path("namedConsumerStrategy").asString("");
    return name.isEmpty()
        ? before
        : Strategy.of(name)
            .orElseThrow(
                () -> new IllegalArgumentException("No consumer strategy is called " + name));
  }

  private static EventFilter filter(JsonNode filter) {
    if (!filter.isObject()) {
      return EventFilter.everything();
    }
    var data = filter.path("data").asString("");
    var byStream = filter.path("context").asString("").equals(BY_STREAM);
    if (filter.path("type").asString("").equals(REGEX)) {
      return byStream ? new EventFilter.StreamRegex(data) : new EventFilter.TypeRegex(data);
    }
    var prefixes =
        Arrays.stream(data.split(BETWEEN_PREFIXES, -1)).filter(p -> !p.isEmpty()).toList();
    return byStream ? new EventFilter.StreamPrefix(prefixes) : new EventFilter.TypePrefix(prefixes);
  }
}
