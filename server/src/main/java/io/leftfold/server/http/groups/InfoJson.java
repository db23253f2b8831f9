// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.http.groups;

import io.leftfold.server.group.GroupInfo;
import io.leftfold.server.http.exchange.Target;
import java.time.Duration;
import java.util.OptionalLong;
import tools.jackson.core.JsonGenerator;

/// How groups are, as JSON with the names of KurrentDB.
final class InfoJson {

  private InfoJson() {}

  static void summary(JsonGenerator out, GroupInfo info, String base) {
    out.writeStartObject();
    out.writeName("links");
    out.writeStartArray();
    link(out, url(info, base) + "/info", "detail");
    out.writeEndArray();
    common(out, info, base);
    out.writeNumberProperty("connectionCount", info.connections().size());
    out.writeEndObject();
  }

  static void detail(JsonGenerator out, GroupInfo info, String base) {
    out.writeStartObject();
    out.writeName("config");
    config(out, info);
    out.writeName("links");
    out.writeStartArray();
    link(out, url(info, base) + "/info", "detail");
    link(out, url(info, base) + "/replayParked", "replayParked");
    out.writeEndArray();
    common(out, info, base);
    var figures = info.figures();
    out.writeNumberProperty("countSinceLastMeasurement", info.pace().sinceLast());
    out.writeNumberProperty("readBufferCount", figures.readBuffer());
    out.writeNumberProperty("liveBufferCount", figures.liveBuffer());
    out.writeNumberProperty("retryBufferCount", figures.retryBuffer());
    out.writeNumberProperty("outstandingMessagesCount", figures.outstanding());
    out.writeNumberProperty("parkedMessageCount", info.parked());
    out.writeNumberProperty("connectionCount", info.connections().size());
    out.writeName("connections");
    out.writeStartArray();
    info.connections().forEach(connection -> connection(out, connection));
    out.writeEndArray();
    out.writeEndObject();
  }

  private static String url(GroupInfo info, String base) {
    var id = info.definition().id();
    return "%s/subscriptions/%s/%s"
        .formatted(base, Target.encoded(id.source().toString()), Target.encoded(id.name()));
  }

  private static void link(JsonGenerator out, String url, String relation) {
    out.writeStartObject();
    out.writeStringProperty("href", url);
    out.writeStringProperty("rel", relation);
    out.writeEndObject();
  }

  private static void common(JsonGenerator out, GroupInfo info, String base) {
    var id = info.definition().id();
    var source = id.source();
    out.writeStringProperty("eventStreamId", source.toString());
    out.writeStringProperty("groupName", id.name());
    out.writeStringProperty(
        "parkedMessageUri", base + "/streams/" + Target.encoded(id.parked().value()));
    out.writeStringProperty(
        "getMessagesUri", url(info, base) + "/" + info.definition().settings().readBatchSize());
    out.writeStringProperty("status", info.status());
    out.writeNumberProperty("averageItemsPerSecond", info.pace().averagePerSecond());
    out.writeNumberProperty("totalItemsProcessed", info.pace().total());
    out.writeNumberProperty("lastProcessedEventNumber", info.checkpoint().orElse(-1));
    out.writeStringProperty("lastCheckpointedEventPosition", text(info, info.checkpoint()));
    out.writeNumberProperty("lastKnownEventNumber", info.lastKnown().orElse(-1));
    out.writeStringProperty("lastKnownEventPosition", text(info, info.lastKnown()));
    out.writeNumberProperty("totalInFlightMessages", info.figures().inFlight());
  }

  private static String text(GroupInfo info, OptionalLong place) {
    return place.orElse(-1) >= 0 ? info.definition().id().source().text(place.getAsLong()) : "";
  }

  private static void config(JsonGenerator out, GroupInfo info) {
    var settings = info.definition().settings();
    var source = info.definition().id().source();
    out.writeStartObject();
    out.writeBooleanProperty("resolveLinktos", settings.resolveLinks());
    out.writeNumberProperty("startFrom", settings.start());
    out.writeStringProperty("startPosition", source.text(settings.start()));
    out.writeNumberProperty("messageTimeoutMilliseconds", millis(settings.messageTimeout()));
    out.writeBooleanProperty("extraStatistics", settings.extraStatistics());
    out.writeNumberProperty("maxRetryCount", settings.maxRetryCount());
    out.writeNumberProperty("liveBufferSize", settings.liveBufferSize());
    out.writeNumberProperty("bufferSize", settings.historyBufferSize());
    out.writeNumberProperty("readBatchSize", settings.readBatchSize());
    out.writeBooleanProperty(
        "preferRoundRobin", settings.strategy() == io.leftfold.server.group.Strategy.ROUND_ROBIN);
    out.writeNumberProperty("checkPointAfterMilliseconds", millis(settings.checkpointAfter()));
    out.writeNumberProperty("minCheckPointCount", settings.minCheckpointCount());
    out.writeNumberProperty("maxCheckPointCount", settings.maxCheckpointCount());
    out.writeNumberProperty("maxSubscriberCount", settings.maxSubscriberCount());
    out.writeStringProperty("namedConsumerStrategy", settings.strategy().text());
    out.writeEndObject();
  }

  private static long millis(Duration duration) {
    return duration.toMillis();
  }

  private static void connection(JsonGenerator out, GroupInfo.ConnectionInfo connection) {
    out.writeStartObject();
    out.writeStringProperty("from", connection.identity().from());
    out.writeStringProperty("username", connection.identity().user());
    out.writeNumberProperty("averageItemsPerSecond", connection.pace().averagePerSecond());
    out.writeNumberProperty("totalItemsProcessed", connection.pace().total());
    out.writeNumberProperty("countSinceLastMeasurement", connection.pace().sinceLast());
    out.writeName("extraStatistics");
    out.writeStartArray();
    connection
        .measurements()
        .forEach(measurement -> {
          out.writeStartObject();
          out.writeStringProperty("key", measurement.key());
          out.writeNumberProperty("value", measurement.millis());
          out.writeEndObject();
        });
    out.writeEndArray();
    out.writeNumberProperty("availableSlots", connection.availableSlots());
    out.writeNumberProperty("inFlightMessages", connection.inFlight());
    out.writeStringProperty("connectionName", connection.identity().connectionName());
    out.writeEndObject();
  }
}
