// SPDX-License-Identifier: Apache-2.0

package io.leftfold.observing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.leftfold.api.EventStore;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.RecordedEvent;
import io.leftfold.observing.Parcels.Order;
import io.leftfold.observing.Parcels.Ordered;
import io.leftfold.observing.Parcels.Ship;
import io.leftfold.testkit.InMemoryEventStore;
import io.leftfold.toolkit.HandlingOptions;
import io.leftfold.toolkit.TooManyConflictsException;
import io.leftfold.toolkit.TraceContext;
import io.leftfold.toolkit.topology.Mode;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.EventData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.time.Clock;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class ToolkitSpansTest {

  private final EventStore store = new InMemoryEventStore(Clock.systemUTC());
  private final InMemorySpanExporter exporter = InMemorySpanExporter.create();
  private final OpenTelemetrySdk sdk = sdk(Sampler.alwaysOn());
  private final HandlingOptions handling =
      HandlingOptions.defaults().with(_ -> {}).observedBy(ToolkitSpans.of(sdk));

  private OpenTelemetrySdk sdk(Sampler sampler) {
    return OpenTelemetrySdk.builder()
        .setTracerProvider(
            SdkTracerProvider.builder()
                .setSampler(sampler)
                .addSpanProcessor(SimpleSpanProcessor.create(exporter))
                .build())
        .build();
  }

  @AfterEach
  void close() {
    sdk.close();
    store.close();
  }

  private SpanData span(String name) {
    assertThat(exporter.getFinishedSpanItems()).extracting(SpanData::getName).contains(name);
    return exporter.getFinishedSpanItems().stream()
        .filter(span -> span.getName().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private List<RecordedEvent> events(String order) {
    return store.read(Parcels.stream(order), ReadOptions.forwards()).events();
  }

  @Test
  void a_command_is_a_span_and_its_events_name_it() {
    var current = new boolean[1];
    var handler =
        Parcels.<Order>handler(
            store, handling, () -> current[0] = Span.current().getSpanContext().isValid());

    handler.handle(new Order("7"));

    var span = span("handle Order");
    assertThat(current[0]).isTrue();
    assertThat(Span.current().getSpanContext().isValid()).isFalse();
    assertThat(span.getAttributes().get(AttributeKey.stringKey("leftfold.outcome")))
        .isEqualTo("accepted");
    assertThat(span.getAttributes().get(AttributeKey.longKey("leftfold.attempts"))).isEqualTo(1);
    assertThat(TraceContext.of(events("7").getFirst()))
        .contains(new TraceContext(span.getTraceId(), span.getSpanId()));
  }

  @Test
  void attempts_are_told_and_failures_are_errors() {
    var handler =
        Parcels.<Ship>handler(
            store,
            handling.withAttemptsMax(2),
            () ->
                store.append(
                    Parcels.stream("7"),
                    ExpectedState.any(),
                    Parcels.EVENTS.encode(new Ordered("7"))));

    assertThatThrownBy(() -> handler.handle(new Ship("7")))
        .isInstanceOf(TooManyConflictsException.class);

    var span = span("handle Ship");
    assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
    assertThat(span.getEvents())
        .extracting(EventData::getName)
        .containsExactly("conflict", "conflict", "exception");
  }

  @Test
  void a_rejection_is_no_error() {
    var handler = Parcels.<Order>handler(store, handling, () -> {});
    handler.handle(new Order("7"));
    exporter.reset();

    handler.handle(new Order("7"));

    var span = span("handle Order");
    assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
    assertThat(span.getAttributes().get(AttributeKey.stringKey("leftfold.outcome")))
        .isEqualTo("rejected");
  }

  @Test
  void what_is_not_kept_is_not_named() {
    try (var quiet = sdk(Sampler.alwaysOff())) {
      var options = HandlingOptions.defaults().observedBy(ToolkitSpans.of(quiet));
      Parcels.<Order>handler(store, options, () -> {}).handle(new Order("7"));
    }

    assertThat(events("7").getFirst().metadata()).isEmpty();
  }

  @Test
  void a_trace_goes_on_through_a_process() {
    var topology =
        Parcels.topology(handling, Parcels.processing().observedBy(ToolkitSpans.of(sdk)));
    try (var running =
        topology.run(store, new Mode.Stepped(), Clock.systemUTC(), Thread.ofVirtual().factory())) {
      Parcels.<Order>handler(store, handling, () -> {}).handle(new Order("7"));

      running.drain();
    }

    var ordering = span("handle Order");
    var delivering = span("deliver Ship");
    var shipping = span("handle Ship");
    assertThat(delivering.getTraceId()).isEqualTo(ordering.getTraceId());
    assertThat(delivering.getParentSpanId()).isEqualTo(ordering.getSpanId());
    assertThat(delivering.getAttributes().get(AttributeKey.stringKey("leftfold.process")))
        .isEqualTo("shipping");
    assertThat(delivering.getAttributes().get(AttributeKey.stringKey("leftfold.process.instance")))
        .isEqualTo("7");
    assertThat(shipping.getParentSpanId()).isEqualTo(delivering.getSpanId());
    assertThat(TraceContext.of(events("7").getLast()))
        .contains(new TraceContext(ordering.getTraceId(), shipping.getSpanId()));
  }
}
