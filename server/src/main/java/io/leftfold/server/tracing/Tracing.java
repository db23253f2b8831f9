// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.tracing;

import io.leftfold.api.ResolvedEvent;
import io.leftfold.server.edge.Edge;
import io.leftfold.server.edge.GrpcCall;
import io.leftfold.server.edge.GrpcHandler;
import io.leftfold.server.edge.GrpcListener;
import io.leftfold.server.edge.GrpcStatus;
import io.leftfold.server.tcp.RequestWatch;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Makes spans and sends them by OTLP over HTTP, in batches, from a thread of its own. When the
/// receiver is slow or away, spans are dropped; calls never wait for it.
public final class Tracing implements AutoCloseable {

  private static final String SCOPE = "io.leftfold.server";
  private static final Duration EXPORT_PATIENCE = Duration.ofSeconds(10);
  private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(2);
  private static final String NOT_HANDLED = "NOT_HANDLED";
  private static final int NOT_FOUND = 404;
  private static final int FAULTS = 500;

  private final SdkTracerProvider provider;
  private final Tracer tracer;
  private final Sampler sampler;
  private final W3CTraceContextPropagator propagator = W3CTraceContextPropagator.getInstance();

  /// Sends to an endpoint.
  ///
  /// @param endpoint of a receiver of OTLP over HTTP, without `/v1/traces`
  /// @param headers sent with each request: they may hold secrets
  /// @param ratio of the traces that begin here, how many are kept; a caller's decision goes before
  /// @param delay how long a span waits at most for others
  /// @param version of Leftfold
  public Tracing(
      URI endpoint, Map<String, String> headers, double ratio, Duration delay, String version) {
    this.sampler = Sampler.traceIdRatioBased(ratio);
    this.provider =
        SdkTracerProvider.builder()
            .setResource(
                Resource.getDefault()
                    .merge(
                        Resource.create(
                            Attributes.builder()
                                .put("service.name", "leftfold")
                                .put("service.version", version)
                                .build())))
            .setSampler(Sampler.parentBased(sampler))
            .addSpanProcessor(
                BatchSpanProcessor.builder(
                        OtlpHttpSpanExporter.builder()
                            .setEndpoint(endpoint.toString().replaceAll("/+$", "") + "/v1/traces")
                            .setHeaders(() -> headers)
                            .setTimeout(EXPORT_PATIENCE)
                            .build())
                    .setScheduleDelay(delay)
                    .build())
            .build();
    this.tracer = provider.tracerBuilder(SCOPE).setInstrumentationVersion(version).build();
  }

  /// What answers methods, with a span for each call.
  ///
  /// @param handlers answer calls, by the path of the method
  /// @return answer calls, by the same paths
  public Map<String, GrpcHandler> trace(Map<String, GrpcHandler> handlers) {
    return handlers.entrySet().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, entry -> trace(entry.getValue())));
  }

  private GrpcHandler trace(GrpcHandler handler) {
    return call -> open(call, handler);
  }

  private GrpcListener open(GrpcCall call, GrpcHandler handler) {
    var method = call.path().substring(1);
    var slash = method.lastIndexOf('/');
    var span =
        tracer
            .spanBuilder(method)
            .setSpanKind(SpanKind.SERVER)
            .setParent(propagator.extract(Context.root(), call, Headers.GETTER))
            .setAttribute("rpc.system", "grpc")
            .setAttribute("rpc.service", method.substring(0, Math.max(0, slash)))
            .setAttribute("rpc.method", method.substring(slash + 1))
            .startSpan();
    call.onEnd(status -> end(span, status));
    return handler.open(call);
  }

  /// Makes a span for each request to a page. To be called before the pages are added.
  ///
  /// @param router of the pages
  public void trace(Router router) {
    router.route().order(Edge.PAGES_WATCHED).handler(this::open);
  }

  /// What somebody asks for that is no page is not named: names are to be few.
  private void open(RoutingContext request) {
    var method = request.request().method().name();
    var span =
        tracer
            .spanBuilder(method)
            .setSpanKind(SpanKind.SERVER)
            .setParent(propagator.extract(Context.root(), request, PageHeaders.GETTER))
            .setAttribute("http.request.method", method)
            .setAttribute("url.scheme", request.request().isSSL() ? "https" : "http")
            .startSpan();
    // Answered or not: a caller who is gone ends it too.
    request.addEndHandler(_ -> end(span, request, method));
    request.next();
  }

  private static void end(Span span, RoutingContext request, String method) {
    var status = request.response().getStatusCode();
    if (status != NOT_FOUND) {
      var page = Edge.pageName(request);
      span.updateName(method + " " + page).setAttribute("http.route", page);
    }
    span.setAttribute("http.response.status_code", status);
    if (status >= FAULTS) {
      span.setStatus(StatusCode.ERROR);
    }
    span.end();
  }

  /// Makes a span for a request over the old TCP protocol, which has no place for that of its
  /// caller.
  ///
  /// @param request its kind
  /// @return told of its end
  public RequestWatch.End begun(String request) {
    var span =
        tracer
            .spanBuilder("tcp/" + request)
            .setSpanKind(SpanKind.SERVER)
            .setNoParent()
            .setAttribute("rpc.system", "eventstore-tcp")
            .setAttribute("rpc.method", request)
            .startSpan();
    return answer -> {
      span.setAttribute("leftfold.answer", answer);
      if (answer.equals(NOT_HANDLED)) {
        span.setStatus(StatusCode.ERROR, answer);
      }
      span.end();
    };
  }

  private static void end(Span span, GrpcStatus status) {
    span.setAttribute("rpc.grpc.status_code", status.code());
    if (isFault(status)) {
      span.setStatus(StatusCode.ERROR, status.name());
    }
    span.end();
  }

  /// Whether it was the server that could not; callers are refused for good reasons.
  private static boolean isFault(GrpcStatus status) {
    return switch (status) {
      case UNKNOWN, DEADLINE_EXCEEDED, UNIMPLEMENTED, INTERNAL, UNAVAILABLE, DATA_LOSS -> true;
      default -> false;
    };
  }

  /// An event was given to a subscription. If it carries the context it was appended in, that trace
  /// gets a span, so that it shows when and how late the event was delivered.
  ///
  /// @param event as it was given
  public void delivered(ResolvedEvent event) {
    event
        .event()
        .ifPresent(recorded ->
            EventContext.of(recorded.metadata())
                .filter(context -> isSampled(context.traceId()))
                .ifPresent(context ->
                    tracer
                        .spanBuilder("deliver")
                        .setSpanKind(SpanKind.PRODUCER)
                        .setParent(context.parent())
                        .setAttribute("messaging.system", "leftfold")
                        .setAttribute("messaging.destination.name", recorded.stream().value())
                        .setAttribute("messaging.message.id", recorded.id().toString())
                        .setAttribute("leftfold.position", recorded.position())
                        .startSpan()
                        .end()));
  }

  /// Metadata does not say whether the trace was kept. A sampler that goes by the id comes to the
  /// same answer everywhere.
  private boolean isSampled(String traceId) {
    return sampler
            .shouldSample(
                Context.root(),
                traceId,
                "deliver",
                SpanKind.PRODUCER,
                Attributes.empty(),
                List.of())
            .getDecision()
        == io.opentelemetry.sdk.trace.samplers.SamplingDecision.RECORD_AND_SAMPLE;
  }

  @Override
  public void close() {
    provider.shutdown().join(CLOSE_PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
  }

  /// Finds what a caller of a page said.
  private enum PageHeaders implements TextMapGetter<RoutingContext> {
    GETTER;

    @Override
    public Iterable<String> keys(RoutingContext request) {
      return W3CTraceContextPropagator.getInstance().fields();
    }

    @Override
    public @Nullable String get(@Nullable RoutingContext request, String key) {
      return request == null ? null : request.request().getHeader(key);
    }
  }

  /// Finds what a caller said.
  private enum Headers implements TextMapGetter<GrpcCall> {
    GETTER;

    @Override
    public Iterable<String> keys(GrpcCall call) {
      return W3CTraceContextPropagator.getInstance().fields();
    }

    @Override
    public @Nullable String get(@Nullable GrpcCall call, String key) {
      return call == null ? null : call.header(key).orElse(null);
    }
  }
}
