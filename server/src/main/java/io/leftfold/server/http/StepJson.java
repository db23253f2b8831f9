// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.http;

import io.leftfold.api.ContentType;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.ResolvedEvent;
import io.leftfold.projections.DebugStep;
import io.leftfold.projections.Difference;
import io.leftfold.projections.EmittedEvent;
import io.leftfold.projections.ParkedEvent;
import io.leftfold.projections.ProjectionFault;
import io.leftfold.server.node.ProjectionInquiries;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// What events do to a projection, as JSON.
final class StepJson {

  private StepJson() {}

  static JsonObject of(ProjectionInquiries.Steps steps) {
    var all = new JsonArray();
    steps.steps().forEach(step -> all.add(of(step)));
    var json = new JsonObject().put("steps", all);
    steps.next().ifPresentOrElse(next -> json.put("next", next), () -> json.putNull("next"));
    return json;
  }

  private static JsonObject of(DebugStep step) {
    var json =
        new JsonObject()
            .put("position", step.event().original().position())
            .put("event", event(step.event()))
            .put("outcome", outcome(step))
            .put("partition", step.partition())
            .put("stateBefore", value(step.stateBefore()))
            .put("stateAfter", value(step.stateAfter()));
    step.sharedBefore().ifPresent(shared -> json.put("sharedBefore", value(shared)));
    step.sharedAfter().ifPresent(shared -> json.put("sharedAfter", value(shared)));
    json.put("changes", changes(step.changes()));
    step.sharedAfter().ifPresent(_ -> json.put("sharedChanges", changes(step.sharedChanges())));
    var emitted = new JsonArray();
    step.emitted().forEach(event -> emitted.add(emitted(event)));
    json.put("emitted", emitted).put("logged", new JsonArray(step.logged()));
    step.fault().ifPresent(fault -> json.put("fault", fault(fault)));
    return json;
  }

  /// Each with its path, and what stood and stands there, if anything did and does.
  private static JsonArray changes(List<Difference> changes) {
    var all = new JsonArray();
    for (var change : changes) {
      var json = new JsonObject().put("path", change.path());
      change.before().ifPresent(text -> json.put("before", value(text)));
      change.after().ifPresent(text -> json.put("after", value(text)));
      all.add(json);
    }
    return all;
  }

  private static String outcome(DebugStep step) {
    return step.fault().isPresent()
        ? "failed"
        : step.outcome().name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static JsonObject event(ResolvedEvent resolved) {
    var event = resolved.event().orElseGet(resolved::original);
    var json =
        new JsonObject()
            .put("stream", event.stream().value())
            .put("revision", event.revision())
            .put("type", event.type())
            .put("id", event.id().toString())
            .put("recorded", event.recorded().toString());
    if (event.contentType() == ContentType.JSON) {
      json.put("data", value(event.dataAsText()));
    } else {
      json.put("dataBase64", Base64.getEncoder().encodeToString(event.data()));
    }
    if (event.metadata().length > 0) {
      json.put("metadata", value(event.metadataAsText()));
    }
    resolved.link().map(RecordedEvent::stream).ifPresent(by -> json.put("link", by.value()));
    return json;
  }

  private static JsonObject emitted(EmittedEvent event) {
    var json =
        new JsonObject()
            .put("stream", event.stream())
            .put("type", event.type())
            .put("data", event.isJson() ? value(event.data()) : event.data());
    return event.metadata().isEmpty() ? json : json.put("metadata", value(event.metadata()));
  }

  private static JsonObject fault(ProjectionFault fault) {
    var json = new JsonObject().put("kind", fault.kind().name()).put("message", fault.message());
    fault.place().ifPresent(place -> json.put("line", place.line()).put("column", place.column()));
    return json;
  }

  static JsonObject of(ParkedEvent parked) {
    var json =
        new JsonObject()
            .put("position", parked.position())
            .put("stream", parked.stream())
            .put("revision", parked.revision())
            .put("type", parked.eventType())
            .put("wholePartition", parked.wholePartition())
            .put("error", parked.error());
    parked.partition().ifPresent(partition -> json.put("partition", partition));
    parked.stateBefore().ifPresent(state -> json.put("stateBefore", value(state)));
    return json;
  }

  /// A value, or, of what is none, the text itself.
  private static @Nullable Object value(String json) {
    try {
      return json.isEmpty() ? null : Json.decodeValue(json);
    } catch (DecodeException _) {
      return json;
    }
  }
}
