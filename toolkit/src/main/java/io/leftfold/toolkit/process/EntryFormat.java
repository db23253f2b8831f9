// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit.process;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.leftfold.api.ProposedEvent;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.ResolvedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.toolkit.CommandId;
import io.leftfold.toolkit.UnreadableEventException;
import io.leftfold.toolkit.process.Entry.Place;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// How entries are stored. Their types begin with `$`, so that no query of an application meets
/// them.
///
/// ```
/// type                       data
/// $>                         <revision>@<stream> of the event that was received
/// $process-issued            the command, as its codec writes it
/// $process-settled           {"command": id, "accepted": answer}, "rejected": why, or "failed": error, "attempts"
/// $process-timer-started     {"timer": name, "after": duration since this was recorded}, or "due": time
/// $process-timer-cancelled   {"timer": name}
/// $process-timer-fired       {"timer": name, "due": time, "started": revision}
/// $process-parked            {"cause": text}
/// $process-resumed           {"by": text}
/// $process-skipped           {"by": text, "input": revision}
/// $process-retried           {"by": text, "input": revision}
/// $process-handled           {"input": revision}
/// $process-completed         {}
/// ```
///
/// In the stream of the process itself stand links to what was set aside, with `{"$process":
/// {"position": 17, "cause": text}}` as metadata, and
///
/// ```
/// $process-taken-up          {"by": text, "position": 17}
/// $process-left-out          {"by": text, "position": 17}
/// ```
///
/// An input that is held says so: `"held": true`. A link has in its metadata, and a command in
/// addition to what its codec says there,
///
/// ```
/// {"$process": {"position": 17, "event": 0, "held": true}}
/// {"$process": {"type": as its codec calls it, "id": id, "lane": name}}
/// ```
final class EntryFormat {

  static final String PREFIX = "$process-";
  static final String PARKED = PREFIX + "parked";
  static final String RESUMED = PREFIX + "resumed";
  static final String SKIPPED = PREFIX + "skipped";
  static final String RETRIED = PREFIX + "retried";

  static final String ISSUED = PREFIX + "issued";
  private static final String SETTLED = PREFIX + "settled";
  private static final String TIMER_STARTED = PREFIX + "timer-started";
  private static final String TIMER_CANCELLED = PREFIX + "timer-cancelled";
  private static final String TIMER_FIRED = PREFIX + "timer-fired";
  private static final String HANDLED = PREFIX + "handled";
  private static final String COMPLETED = PREFIX + "completed";
  private static final String TAKEN_UP = PREFIX + "taken-up";
  private static final String LEFT_OUT = PREFIX + "left-out";
  private static final String OURS = "$process";
  private static final String HELD = "held";
  private static final int CAUSE_CHARS_MAX = 4_000;

  private static final ObjectMapper JSON = JsonMapper.shared();

  private EntryFormat() {}

  // ---- written

  static ProposedEvent received(RecordedEvent event, Place place, boolean held) {
    var metadata = JSON.createObjectNode();
    var ours = metadata.putObject(OURS);
    ours.put("position", place.position()).put("event", place.index());
    return link(event).withMetadata(hold(metadata, ours, held).toString());
  }

  /// An event of which nobody can say whom it concerns.
  static ProposedEvent unrouted(RecordedEvent event, String cause) {
    var metadata = JSON.createObjectNode();
    metadata.putObject(OURS).put("position", event.position()).put("cause", cause);
    return link(event).withMetadata(metadata.toString());
  }

  static ProposedEvent takenUp(long position, String by) {
    return event(TAKEN_UP, JSON.createObjectNode().put("by", by).put("position", position));
  }

  static ProposedEvent leftOut(long position, String by) {
    return event(LEFT_OUT, JSON.createObjectNode().put("by", by).put("position", position));
  }

  private static ProposedEvent link(RecordedEvent event) {
    return ProposedEvent.link(event.stream(), event.revision());
  }

  static ProposedEvent issued(CommandId id, String lane, ProposedEvent command) {
    var metadata = command.metadata().length == 0 ? JSON.createObjectNode() : metadata(command);
    metadata.putObject(OURS).put("type", command.type()).put("id", id.value()).put("lane", lane);
    return new ProposedEvent(
        ProposedEvent.json(ISSUED, "").id(),
        ISSUED,
        command.contentType(),
        command.data(),
        metadata.toString().getBytes(UTF_8),
        List.of());
  }

  private static ObjectNode metadata(ProposedEvent command) {
    try {
      if (JSON.readTree(command.metadata()) instanceof ObjectNode object) {
        return object;
      }
    } catch (JacksonException e) {
      throw new IllegalArgumentException(
          "The metadata of a command is a JSON object or nothing, that of %s is no JSON"
              .formatted(command),
          e);
    }
    throw new IllegalArgumentException(
        "The metadata of a command is a JSON object or nothing, that of %s is other JSON"
            .formatted(command));
  }

  static ProposedEvent settled(CommandId id, Settlement outcome, boolean held) {
    var data = JSON.createObjectNode().put("command", id.value());
    switch (outcome) {
      case Settlement.Accepted(var answer) -> data.put("accepted", answer);
      case Settlement.Rejected(var why) -> data.put("rejected", why);
      case Settlement.Failed(var attempts, var error) ->
          data.put("failed", error).put("attempts", attempts);
    }
    return event(SETTLED, hold(data, data, held));
  }

  static ProposedEvent timerStarted(String timer, Duration after) {
    return event(TIMER_STARTED, timer(timer).put("after", after.toString()));
  }

  static ProposedEvent timerStarted(String timer, Instant due) {
    return event(TIMER_STARTED, timer(timer).put("due", due.toString()));
  }

  static ProposedEvent timerCancelled(String timer) {
    return event(TIMER_CANCELLED, timer(timer));
  }

  static ProposedEvent timerFired(String timer, Instant due, long started, boolean held) {
    var data = timer(timer).put("due", due.toString()).put("started", started);
    return event(TIMER_FIRED, hold(data, data, held));
  }

  private static ObjectNode timer(String name) {
    return JSON.createObjectNode().put("timer", name);
  }

  private static ObjectNode hold(ObjectNode whole, ObjectNode place, boolean held) {
    if (held) {
      place.put(HELD, true);
    }
    return whole;
  }

  /// Why an instance is parked, of an entry that says so.
  static String parkedFor(ProposedEvent parked) {
    return text(JSON.readTree(parked.data()), "cause");
  }

  static ProposedEvent parked(String cause) {
    return event(PARKED, JSON.createObjectNode().put("cause", cause));
  }

  static ProposedEvent resumed(String by) {
    return event(RESUMED, JSON.createObjectNode().put("by", by));
  }

  static ProposedEvent skipped(long input, String by) {
    return event(SKIPPED, JSON.createObjectNode().put("by", by).put("input", input));
  }

  static ProposedEvent retried(long input, String by) {
    return event(RETRIED, JSON.createObjectNode().put("by", by).put("input", input));
  }

  static ProposedEvent handled(long input) {
    return event(HANDLED, JSON.createObjectNode().put("input", input));
  }

  static ProposedEvent completed() {
    return event(COMPLETED, JSON.createObjectNode());
  }

  private static ProposedEvent event(String type, ObjectNode data) {
    return ProposedEvent.json(type, data.toString());
  }

  // ---- read

  /// What an event in the stream of an instance says.
  ///
  /// @param resolved with what it links to, if that is wanted
  /// @throws UnreadableEventException if it says nothing that is known here
  static Entry read(ResolvedEvent resolved) {
    var event = resolved.original();
    try {
      return entry(event, resolved);
    } catch (UnreadableEventException e) {
      throw e;
    } catch (RuntimeException e) { // whatever JSON lacks, and times that are none
      throw new UnreadableEventException(event, "it is no entry of a process", e);
    }
  }

  /// What an event will say when it is stored.
  static Entry read(ProposedEvent event) {
    return read(
        ResolvedEvent.plain(
            new RecordedEvent(
                0,
                StreamName.of(OURS),
                0,
                event.id(),
                event.type(),
                event.contentType(),
                Instant.EPOCH,
                event.data(),
                event.metadata(),
                event.tags())));
  }

  private static Entry entry(RecordedEvent event, ResolvedEvent resolved) {
    return switch (event.type()) {
      case RecordedEvent.LINK_TYPE -> {
        var ours = JSON.readTree(event.metadata()).required(OURS);
        yield new Entry.Received(
            new Place(ours.required("position").asLong(), ours.required("event").asInt()),
            held(ours),
            resolved.link().isPresent() ? resolved.event() : Optional.empty());
      }
      case ISSUED -> issued(event);
      case SETTLED -> {
        var data = data(event);
        yield new Entry.Settled(
            CommandId.of(text(data, "command")), outcome(event, data), held(data));
      }
      case TIMER_STARTED -> {
        var data = data(event);
        yield new Entry.TimerStarted(
            text(data, "timer"), data.has("after") ? dueAfter(event, data) : due(data));
      }
      case TIMER_CANCELLED -> new Entry.TimerCancelled(text(data(event), "timer"));
      case TIMER_FIRED -> {
        var data = data(event);
        yield new Entry.TimerFired(
            text(data, "timer"), due(data), number(data, "started"), held(data));
      }
      case PARKED -> new Entry.Parked(text(data(event), "cause"));
      case RESUMED -> new Entry.Resumed(text(data(event), "by"));
      case SKIPPED -> new Entry.Skipped(number(data(event), "input"), text(data(event), "by"));
      case RETRIED -> new Entry.Retried(number(data(event), "input"), text(data(event), "by"));
      case HANDLED -> new Entry.Handled(number(data(event), "input"));
      case COMPLETED -> new Entry.Completed();
      default -> throw new UnreadableEventException(event);
    };
  }

  /// The position of the event that a link in the stream of an instance is of, if it says so.
  static OptionalLong source(RecordedEvent link) {
    try {
      var position = JSON.readTree(link.metadata()).path(OURS).path("position");
      return position.isIntegralNumber()
          ? OptionalLong.of(position.asLong())
          : OptionalLong.empty();
    } catch (JacksonException _) {
      return OptionalLong.empty();
    }
  }

  /// What a link in the stream of the process says was set aside; empty of any other event.
  static Optional<SetAside> setAside(RecordedEvent event) {
    if (!event.type().equals(RecordedEvent.LINK_TYPE)) {
      return Optional.empty();
    }
    var cause = JSON.readTree(event.metadata()).path(OURS).path("cause").asString("");
    return source(event).stream().mapToObj(position -> new SetAside(position, cause)).findFirst();
  }

  /// The position of what was set aside, of an event in the stream of the process that says that it
  /// is so no longer.
  static Optional<Long> noLongerAside(RecordedEvent event) {
    return switch (event.type()) {
      case TAKEN_UP, LEFT_OUT -> Optional.of(number(data(event), "position"));
      default -> Optional.empty();
    };
  }

  private static Entry issued(RecordedEvent event) {
    var metadata = (ObjectNode) JSON.readTree(event.metadata());
    var ours = metadata.required(OURS);
    metadata.remove(OURS);
    var command =
        new RecordedEvent(
            event.position(),
            event.stream(),
            event.revision(),
            event.id(),
            text(ours, "type"),
            event.contentType(),
            event.recorded(),
            event.data(),
            metadata.isEmpty() ? new byte[0] : metadata.toString().getBytes(UTF_8),
            List.of());
    return new Entry.Issued(CommandId.of(text(ours, "id")), text(ours, "lane"), command);
  }

  private static Settlement outcome(RecordedEvent event, JsonNode data) {
    if (data.has("accepted")) {
      return new Settlement.Accepted(text(data, "accepted"));
    }
    if (data.has("rejected")) {
      return new Settlement.Rejected(text(data, "rejected"));
    }
    if (data.has("failed")) {
      return new Settlement.Failed((int) number(data, "attempts"), text(data, "failed"));
    }
    throw new UnreadableEventException(event, "it tells no outcome");
  }

  private static JsonNode data(RecordedEvent event) {
    return JSON.readTree(event.data());
  }

  private static String text(JsonNode data, String field) {
    return data.required(field).asString();
  }

  private static long number(JsonNode data, String field) {
    return data.required(field).asLong();
  }

  /// Counted by the clock that recorded it, whoever wrote it.
  private static Instant dueAfter(RecordedEvent started, JsonNode data) {
    var after = Duration.parse(text(data, "after"));
    try {
      return started.recorded().plus(after);
    } catch (DateTimeException | ArithmeticException _) { // beyond what there is of time
      return after.isNegative() ? Instant.MIN : Instant.MAX;
    }
  }

  private static Instant due(JsonNode data) {
    return Instant.parse(text(data, "due"));
  }

  private static boolean held(JsonNode data) {
    return data.path(HELD).asBoolean(false);
  }

  /// A failure as operators are told of it.
  static String cause(Throwable failure) {
    var text = failure.toString();
    return text.length() <= CAUSE_CHARS_MAX ? text : text.substring(0, CAUSE_CHARS_MAX) + "…";
  }
}
