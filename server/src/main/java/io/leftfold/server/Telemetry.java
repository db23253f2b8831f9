// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server;

import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/// What a node tells about itself, and to whom:
/// `Telemetry.defaults().withSlow(Duration.ofMillis(200), Duration.ofSeconds(1))`.
///
/// @param openMetrics whether everybody may read `/metrics`, not only those who may see statistics
/// @param slowWrite a write that takes so long is logged, with what it waited for
/// @param slowRead a read that takes so long is logged; waiting for its caller does not count
/// @param otlp where traces and metrics are sent; empty for nowhere
public record Telemetry(
    boolean openMetrics, Duration slowWrite, Duration slowRead, Optional<Otlp> otlp) {

  private static final Telemetry DEFAULTS =
      new Telemetry(false, Duration.ofSeconds(1), Duration.ofSeconds(2), Optional.empty());

  /// Checks the thresholds.
  public Telemetry {
    if (slowWrite.isNegative() || slowRead.isNegative()) {
      throw new IllegalArgumentException(
          "An operation is slow from some duration on, got %s for writes and %s for reads"
              .formatted(slowWrite, slowRead));
    }
  }

  /// A receiver of OTLP over HTTP, such as an OpenTelemetry Collector.
  ///
  /// @param endpoint such as `http://127.0.0.1:4318`; traces go to `/v1/traces` below it, metrics
  ///   to `/v1/metrics`
  /// @param headers sent with each request
  /// @param traceRatio how many of the traces that begin at this node are kept, 0 to 1; where a
  ///   caller has decided, its decision holds
  /// @param traceDelay how long a span waits at most for others to be sent with
  /// @param metricsEvery how often metrics are sent
  public record Otlp(
      URI endpoint,
      Map<String, String> headers,
      double traceRatio,
      Duration traceDelay,
      Duration metricsEvery) {

    /// Copies the headers, and checks.
    public Otlp {
      headers = Map.copyOf(headers);
      if (!"http".equals(endpoint.getScheme()) && !"https".equals(endpoint.getScheme())) {
        throw new IllegalArgumentException(
            "An endpoint of OTLP is an http or https address such as http://127.0.0.1:4318, got "
                + endpoint);
      }
      if (!(traceRatio >= 0 && traceRatio <= 1)) {
        throw new IllegalArgumentException(
            "The ratio of traces that are kept is 0 to 1, got " + traceRatio);
      }
    }

    /// All traces after five seconds, metrics once a minute, no headers.
    ///
    /// @param endpoint of the receiver
    /// @return where to send
    public static Otlp to(URI endpoint) {
      return new Otlp(endpoint, Map.of(), 1, Duration.ofSeconds(5), Duration.ofMinutes(1));
    }

    /// Without the headers' values, which may be secret.
    @Override
    public String toString() {
      return "Otlp[endpoint=%s, headers=%s, traceRatio=%s, traceDelay=%s, metricsEvery=%s]"
          .formatted(endpoint, headers.keySet(), traceRatio, traceDelay, metricsEvery);
    }
  }

  /// Metrics for those who may see statistics; writes are slow from one second on, reads from two;
  /// nothing is sent.
  ///
  /// @return the options
  public static Telemetry defaults() {
    return DEFAULTS;
  }

  /// With metrics for everybody.
  ///
  /// @return the new options
  public Telemetry withOpenMetrics() {
    return new Telemetry(true, slowWrite, slowRead, otlp);
  }

  /// With other thresholds.
  ///
  /// @param write from when on a write is slow
  /// @param read from when on a read is slow
  /// @return the new options
  public Telemetry withSlow(Duration write, Duration read) {
    return new Telemetry(openMetrics, write, read, otlp);
  }

  /// With a receiver of traces and metrics.
  ///
  /// @param target where to send
  /// @return the new options
  public Telemetry withOtlp(Otlp target) {
    return new Telemetry(openMetrics, slowWrite, slowRead, Optional.of(target));
  }
}
