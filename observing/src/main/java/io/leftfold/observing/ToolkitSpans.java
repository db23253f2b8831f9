// SPDX-License-Identifier: Apache-2.0

package io.leftfold.observing;

import io.leftfold.toolkit.TraceContext;
import io.leftfold.toolkit.WorkObserver;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import java.util.Optional;

/// Spans of OpenTelemetry for what the toolkit does.
///
/// ```java
/// var spans = ToolkitSpans.of(openTelemetry);
/// var handling = HandlingOptions.defaults().observedBy(spans);
/// var processing = ProcessOptions.of(retries).observedBy(spans);
/// ```
///
/// | span | attributes | parent |
/// |---|---|---|
/// | `handle <command>` | `leftfold.command`, `.outcome`, `.attempts`; an event `conflict` for each attempt in which others were quicker | the current one |
/// | `deliver <command>` | `leftfold.command`, `.command.id`, `.outcome`, `.attempt`, `leftfold.process`, `.process.instance` | the one in which the event was appended that led to the command |
///
/// Events that are decided carry the span in their metadata, as `$traceId` and `$spanId`, if the
/// trace is kept. So a trace goes on from a command to its events, to the commands that processes
/// make of them, wherever they run, and to those who subscribe: the server knows these names too.
/// The span is current while a decider decides and while a target has a command.
public final class ToolkitSpans implements WorkObserver {

  private static final String SCOPE = "io.leftfold.toolkit";
  private static final AttributeKey<Long> ATTEMPT = AttributeKey.longKey("leftfold.attempt");

  private final Tracer tracer;

  private ToolkitSpans(Tracer tracer) {
    this.tracer = tracer;
  }

  /// With a tracer of its own.
  ///
  /// @param openTelemetry where it comes from
  /// @return to be given to options
  public static ToolkitSpans of(OpenTelemetry openTelemetry) {
    return new ToolkitSpans(openTelemetry.getTracer(SCOPE));
  }

  @Override
  @SuppressWarnings("MustBeClosedChecker") // The watch closes the scope, in the same thread.
  public Watch begins(Work work) {
    var span =
        switch (work) {
          case Work.Handling(var _) -> tracer.spanBuilder("handle " + Names.of(work)).startSpan();
          case Work.Delivering delivering ->
              tracer
                  .spanBuilder("deliver " + Names.of(work))
                  .setParent(
                      delivering.trace().map(ToolkitSpans::context).orElseGet(Context::current))
                  .setAttribute("leftfold.process", delivering.process())
                  .setAttribute("leftfold.process.instance", delivering.instance())
                  .setAttribute("leftfold.command.id", delivering.id().value())
                  .setAttribute(ATTEMPT, (long) delivering.attempt())
                  .startSpan();
        };
    span.setAttribute("leftfold.command", Names.of(work));
    return new Spanning(span, span.makeCurrent(), work instanceof Work.Handling);
  }

  /// Metadata does not say so, but what is not kept is not written into it here.
  private static Context context(TraceContext trace) {
    return Context.root()
        .with(
            Span.wrap(
                SpanContext.createFromRemoteParent(
                    trace.traceId(),
                    trace.spanId(),
                    TraceFlags.getSampled(),
                    TraceState.getDefault())));
  }

  private static final class Spanning implements Watch {
    private final Span span;
    private final Scope scope;
    private final boolean hasAttempts;
    private long attempts = 1;

    Spanning(Span span, Scope scope, boolean hasAttempts) {
      this.span = span;
      this.scope = scope;
      this.hasAttempts = hasAttempts;
    }

    @Override
    public Optional<TraceContext> trace() {
      var context = span.getSpanContext();
      return context.isValid() && context.isSampled()
          ? Optional.of(new TraceContext(context.getTraceId(), context.getSpanId()))
          : Optional.empty();
    }

    @Override
    public void conflicted(int attempt) {
      attempts = attempt + 1L;
      span.addEvent("conflict", Attributes.of(ATTEMPT, (long) attempt));
    }

    @Override
    public void ended(Ending ending) {
      scope.close();
      if (hasAttempts) {
        span.setAttribute("leftfold.attempts", attempts);
      }
      span.setAttribute("leftfold.outcome", Names.of(ending));
      if (ending instanceof Ending.Failed(var failure)) {
        span.recordException(failure);
        span.setStatus(StatusCode.ERROR);
      }
      span.end();
    }
  }
}
