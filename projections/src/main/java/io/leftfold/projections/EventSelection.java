// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import io.leftfold.api.ContentType;
import io.leftfold.api.RecordedEvent;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.graalvm.polyglot.Context;
import org.graalvm.polyglot.Engine;
import org.graalvm.polyglot.PolyglotException;
import org.graalvm.polyglot.Source;
import org.graalvm.polyglot.SourceSection;
import org.graalvm.polyglot.Value;
import org.graalvm.polyglot.proxy.ProxyExecutable;
import org.jspecify.annotations.Nullable;

/// Functions in JavaScript that say of one event whether it is wanted, and find values in it. They
/// run in a world of their own, within limits, and without a way to the host.
///
/// A function takes a record and nothing else:
///
/// ```js
/// rec => rec.schema.name === 'OrderPlaced' && rec.value.total > 100
/// ```
///
/// | of a record | is |
/// |---|---|
/// | `id`, `timestamp` | texts; the time in UTC to the millisecond |
/// | `position` | `{ stream, streamRevision, logPosition }` |
/// | `schema` | `{ name, format }`: the type, and `Json`, `Bytes`, `Avro` or `Protobuf` |
/// | `sequence` | which event it is of those that were shown, from 1 |
/// | `value` | the data, if it is JSON |
/// | `properties` | the metadata, an object |
/// | `redacted` | `false` |
///
/// Of one thread at a time, which is a platform thread, or memory is not limited.
public final class EventSelection implements AutoCloseable {

  private static final Source SELECT = Script.resource("select.js");
  private static final int TEXT_MAX = 4_096;

  private static final DateTimeFormatter RECORDED =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

  private final ProjectionLimits limits;
  private final List<EventSelector> selectors;
  private final Context context;
  private final Watchdog watchdog;
  private final Watch watch;
  private final Value check;
  private final Value select;
  private final @Nullable Value filter;
  private final Object functions;
  private final Object names;
  private final Object types;

  private EventSelection(
      Engine engine,
      Watchdog watchdog,
      String filter,
      List<EventSelector> selectors,
      ProjectionLimits limits) {
    this.limits = limits;
    this.selectors = List.copyOf(selectors);
    this.watchdog = watchdog;
    context = Script.context(engine, limits);
    watch = new Watch(context, limits.allocatedBytes());
    watchdog.add(watch);
    try {
      var asking = context.eval(SELECT).execute();
      check = asking.getMember("check");
      select = asking.getMember("select");
      this.filter = filter.isBlank() ? null : function(Optional.empty(), filter);
      functions = array(selectors.stream().map(this::function).toList());
      names = array(selectors.stream().map(EventSelector::name).toList());
      types = array(selectors.stream().map(selector -> selector.type().name()).toList());
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  static EventSelection open(
      Engine engine,
      Watchdog watchdog,
      String filter,
      List<EventSelector> selectors,
      ProjectionLimits limits) {
    return new EventSelection(engine, watchdog, filter, selectors, limits);
  }

  /// What became of an event.
  public sealed interface Outcome {

    /// It is wanted.
    ///
    /// @param values what each selector found, in their order; empty for nothing
    record Wanted(List<Optional<SelectedValue>> values) implements Outcome {
      /// Copies the list.
      public Wanted {
        values = List.copyOf(values);
      }
    }

    /// It is not wanted.
    record NotWanted() implements Outcome {}

    /// It cannot be judged: a function threw, or gave what it may not give.
    ///
    /// @param why in words
    record Failed(String why) implements Outcome {}
  }

  // ---- opening

  private Value array(List<?> elements) {
    var array = context.eval("js", "[]");
    for (var i = 0; i < elements.size(); i++) {
      array.setArrayElement(i, elements.get(i));
    }
    return array;
  }

  private Value function(EventSelector selector) {
    return function(Optional.of(selector.name()), selector.text());
  }

  private Value function(Optional<String> selector, String text) {
    var source =
        Source.newBuilder("js", text, selector.map(name -> "field " + name).orElse("filter"))
            .buildLiteral();
    try {
      var function = watched(limits.compilation(), () -> context.eval(source));
      var wrong = check.execute(function).asString();
      if (!wrong.isEmpty()) {
        throw new EventSelectionException(selector, wrong);
      }
      return function;
    } catch (Script.Failure failure) {
      throw new EventSelectionException(selector, describe(failure));
    }
  }

  // ---- asking

  /// Asks about an event.
  ///
  /// @param event which
  /// @param sequence which one it is of those that were asked about
  /// @return what to do with it
  /// @throws EventSelectionException if a function took more time or memory than it may; this
  ///   selection is of no use any more
  public Outcome select(RecordedEvent event, long sequence) {
    try {
      return watched(limits.event(), () -> outcome(ask(event, sequence)));
    } catch (Script.Failure failure) {
      if (failure.isStopped()) {
        throw new EventSelectionException(Optional.empty(), describe(failure));
      }
      return new Outcome.Failed(describe(failure));
    }
  }

  private Value ask(RecordedEvent event, long sequence) {
    return select.execute(
        filter,
        functions,
        names,
        types,
        new Parts(event),
        event.stream().value(),
        (double) event.revision(),
        (double) event.position(),
        event.type(),
        event.contentType() == ContentType.JSON,
        (double) sequence);
  }

  private Outcome outcome(Value answer) {
    if (answer.isNull()) {
      return new Outcome.NotWanted();
    }
    if (answer.isString()) {
      return new Outcome.Failed(answer.asString());
    }
    var values = new ArrayList<Optional<SelectedValue>>(selectors.size());
    for (var i = 0; i < selectors.size(); i++) {
      var selector = selectors.get(i);
      var value = value(answer.getArrayElement(i), selector.type());
      if (value.isPresent()
          && value.get() instanceof SelectedValue.Text(var text)
          && text.length() > TEXT_MAX) {
        return new Outcome.Failed(
            "field %s has at most %,d characters, and its selector gave %,d"
                .formatted(selector.name(), TEXT_MAX, text.length()));
      }
      values.add(value);
    }
    return new Outcome.Wanted(values);
  }

  private static Optional<SelectedValue> value(Value value, EventSelector.Type type) {
    if (value.isNull()) {
      return Optional.empty();
    }
    return Optional.of(
        switch (type) {
          case STRING -> new SelectedValue.Text(value.asString());
          case DOUBLE -> new SelectedValue.Real(value.asDouble());
          case INT_32, INT_64 -> new SelectedValue.Whole(Long.parseLong(value.asString()));
        });
  }

  /// The parts of an event, by number, for when a function touches them. The numbers are those of
  /// `select.js`.
  private record Parts(RecordedEvent event) implements ProxyExecutable {
    @Override
    public Object execute(Value... arguments) {
      return switch (arguments[0].asInt()) {
        case 0 -> event.dataAsText();
        case 1 -> event.metadataAsText();
        case 2 -> event.id().toString();
        default -> RECORDED.format(event.recorded());
      };
    }
  }

  private <T> T watched(Duration limit, Supplier<T> work) {
    return Script.watched(context, limits, watch, limit, Optional::empty, work);
  }

  // ---- words

  private static String describe(Script.Failure failure) {
    if (failure.limit().isPresent() || failure.isStopped()) {
      return switch (failure.limit().orElse(ProjectionFault.Kind.INTERNAL)) {
        case TIME -> "it took more processor time than it may";
        case MEMORY -> "it took more memory than it may";
        default ->
            "it was stopped: " + failure.thrown().map(PolyglotException::getMessage).orElse("");
      };
    }
    return failure
        .thrown()
        .map(thrown -> place(thrown) + firstLine(thrown))
        .orElse("it gave nothing");
  }

  /// The engine shows the place below.
  private static String firstLine(PolyglotException thrown) {
    return String.valueOf(thrown.getMessage()).lines().findFirst().orElse("");
  }

  private static String place(PolyglotException thrown) {
    for (var frame : thrown.getPolyglotStackTrace()) {
      var at = frame.getSourceLocation();
      if (frame.isGuestFrame() && at != null && !at.getSource().isInternal()) {
        return words(at);
      }
    }
    var at = thrown.getSourceLocation();
    return at == null || at.getSource().isInternal() ? "" : words(at);
  }

  private static String words(SourceSection at) {
    return "%s, line %d, column %d: "
        .formatted(at.getSource().getName(), at.getStartLine(), at.getStartColumn());
  }

  /// Ends what runs in it.
  @Override
  public void close() {
    watchdog.remove(watch);
    context.close(true);
  }
}
