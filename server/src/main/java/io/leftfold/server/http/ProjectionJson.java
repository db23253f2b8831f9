// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.leftfold.projections.FailurePolicy;
import io.leftfold.projections.ProjectionConfig;
import io.leftfold.projections.ProjectionDefinition;
import io.leftfold.projections.ProjectionDefinition.EventTypes;
import io.leftfold.projections.ProjectionDefinition.Partitioning;
import io.leftfold.projections.ProjectionDefinition.Sources;
import io.leftfold.projections.ProjectionQuery;
import io.leftfold.projections.ProjectionStatistics;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URLEncoder;
import java.util.List;

/// Projections as JSON, with the names of KurrentDB, and with those of its kind for what that has
/// no words for.
final class ProjectionJson {

  private ProjectionJson() {}

  /// Where the pages of a projection are.
  static String url(String base, String name) {
    return base + "/projection/" + escaped(name);
  }

  private static String escaped(String name) {
    return URLEncoder.encode(name, UTF_8).replace("+", "%20");
  }

  static JsonObject statistics(List<ProjectionStatistics> all, String base) {
    var projections = new JsonArray();
    all.forEach(one -> projections.add(statistics(one, base)));
    return new JsonObject().put("projections", projections);
  }

  static JsonObject statistics(ProjectionStatistics one, String base) {
    var url = url(base, one.name());
    var json = figures(one, base, url);
    one.building()
        .ifPresent(beside ->
            json.put(
                "beside",
                new JsonObject()
                    .put("epoch", beside.epoch())
                    .put("position", position(beside.position()))
                    .put("reason", beside.reason())));
    return json;
  }

  private static JsonObject figures(ProjectionStatistics one, String base, String url) {
    return new JsonObject()
        .put("coreProcessingTime", one.coreProcessingMillis())
        .put("version", one.version())
        .put("epoch", one.epoch())
        .put("effectiveName", one.name())
        .put("writesInProgress", one.writesInProgress())
        .put("readsInProgress", one.readsInProgress())
        .put("partitionsCached", one.partitionsCached())
        .put("partitionStateCacheSize", one.partitionStateCacheSize())
        .put("partitionStateCacheEvictions", one.partitionStateCacheEvictions())
        .put("status", one.status())
        .put("stateReason", one.reason())
        .put("name", one.name())
        .put("mode", one.mode().toString())
        .put("position", position(one.position()))
        .put("progress", one.progress())
        .put("lastCheckpoint", position(one.checkpoint()))
        .put("eventsProcessedAfterRestart", one.processedAfterRestart())
        .put("statusUrl", url)
        .put("stateUrl", url + "/state")
        .put("resultUrl", url + "/result")
        .put("queryUrl", url + "/query?config=yes")
        .put(
            "resultStreamUrl",
            one.resultStream().isEmpty() ? "" : base + "/streams/" + escaped(one.resultStream()))
        .put("enableCommandUrl", url + "/command/enable")
        .put("disableCommandUrl", url + "/command/disable")
        .put(
            "checkpointStatus",
            one.writesInProgress() == 0 ? "" : "Writing (%d)".formatted(one.writesInProgress()))
        .put("bufferedEvents", one.bufferedEvents())
        .put("writePendingEventsBeforeCheckpoint", one.pendingBeforeCheckpoint())
        .put("writePendingEventsAfterCheckpoint", one.pendingAfterCheckpoint())
        .put("lagEvents", one.lagEvents())
        .put("lagSeconds", one.lag().toMillis() / 1000.0)
        .put("parkedEvents", one.parked());
  }

  private static String position(long position) {
    return position < 0 ? "" : "C:%d/P:%d".formatted(position, position);
  }

  static JsonObject query(ProjectionQuery query) {
    return new JsonObject()
        .put("name", query.name())
        .put("query", query.query())
        .put("emitEnabled", query.config().emitEnabled())
        .put("type", query.mode().toString())
        .put("trackEmittedStreams", query.config().trackEmittedStreams())
        .put("checkpointsEnabled", query.checkpoints())
        .put(
            "definition",
            query.definition().map(ProjectionJson::definition).orElse(new JsonObject()))
        .put("outputConfig", new JsonObject().put("resultStreamName", query.resultStream()));
  }

  private static JsonObject definition(ProjectionDefinition definition) {
    var json =
        new JsonObject()
            .put("allStreams", definition.sources() instanceof Sources.All)
            .put("categories", new JsonArray())
            .put("streams", new JsonArray())
            .put("allEvents", definition.types() instanceof EventTypes.Any)
            .put("events", new JsonArray())
            .put("byStreams", definition.partitioning() == Partitioning.STREAM)
            .put("byCustomPartitions", definition.partitioning() == Partitioning.CUSTOM)
            .put("definesStateTransform", !definition.results().chain().isEmpty())
            .put("producesResults", definition.results().output())
            .put("isBiState", definition.biState())
            .put("handlesDeletedNotifications", definition.handlers().deleted())
            .put("includeLinks", definition.includeLinks());
    switch (definition.sources()) {
      case Sources.All() -> {}
      case Sources.Streams(var names) -> json.put("streams", new JsonArray(names));
      case Sources.Category(var name) -> json.put("categories", new JsonArray().add(name));
    }
    if (definition.types() instanceof EventTypes.Named(var names)) {
      json.put("events", new JsonArray(names));
    }
    return json;
  }

  static JsonObject config(ProjectionConfig config) {
    return new JsonObject()
        .put("emitEnabled", config.emitEnabled())
        .put("trackEmittedStreams", config.trackEmittedStreams())
        .put("checkpointAfterMs", config.checkpointAfterMs())
        .put("checkpointHandledThreshold", config.checkpointHandledThreshold())
        .put("checkpointUnhandledBytesThreshold", config.checkpointUnhandledBytesThreshold())
        .put("pendingEventsThreshold", config.pendingEventsThreshold())
        .put("maxWriteBatchLength", config.maxWriteBatchLength())
        .put("maxAllowedWritesInFlight", config.maxAllowedWritesInFlight())
        .put("projectionExecutionTimeout", config.executionTimeoutMillis())
        .put("failurePolicy", config.failurePolicy().toString());
  }

  /// A configuration with what a text says otherwise.
  static ProjectionConfig config(ProjectionConfig current, String text) {
    try {
      var json = new JsonObject(text);
      return new ProjectionConfig(
          json.getBoolean("emitEnabled", current.emitEnabled()),
          json.getBoolean("trackEmittedStreams", current.trackEmittedStreams()),
          json.getLong("checkpointAfterMs", current.checkpointAfterMs()),
          json.getInteger("checkpointHandledThreshold", current.checkpointHandledThreshold()),
          json.getLong(
              "checkpointUnhandledBytesThreshold", current.checkpointUnhandledBytesThreshold()),
          json.getInteger("pendingEventsThreshold", current.pendingEventsThreshold()),
          json.getInteger("maxWriteBatchLength", current.maxWriteBatchLength()),
          json.getInteger("maxAllowedWritesInFlight", current.maxAllowedWritesInFlight()),
          json.getLong("projectionExecutionTimeout", current.executionTimeoutMillis()),
          FailurePolicy.of(json.getString("failurePolicy", current.failurePolicy().toString())));
    } catch (DecodeException | ClassCastException e) {
      throw new IllegalArgumentException(
          "The configuration of a projection is a JSON object of numbers, texts, true and false",
          e);
    }
  }
}
