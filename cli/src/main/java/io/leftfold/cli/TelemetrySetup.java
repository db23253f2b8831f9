// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli;

import static io.leftfold.cli.config.ServerOption.LOG_FORMAT;
import static io.leftfold.cli.config.ServerOption.LOG_LEVEL;
import static io.leftfold.cli.config.ServerOption.METRICS_OPEN;
import static io.leftfold.cli.config.ServerOption.OTLP;
import static io.leftfold.cli.config.ServerOption.OTLP_HEADERS;
import static io.leftfold.cli.config.ServerOption.OTLP_TRACES;
import static io.leftfold.cli.config.ServerOption.SLOW_READ;
import static io.leftfold.cli.config.ServerOption.SLOW_WRITE;

import io.leftfold.cli.config.Configuration;
import io.leftfold.cli.logging.LogFormat;
import io.leftfold.cli.logging.LogLevel;
import io.leftfold.server.Telemetry;
import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// What a server tells about itself, by its configuration.
final class TelemetrySetup {

  private static final double PERCENT = 100;

  private TelemetrySetup() {}

  /// Has messages written as was asked for.
  static void useLog(Configuration configuration) {
    var format = configuration.setting(LOG_FORMAT).value().toUpperCase(Locale.ROOT);
    var level = configuration.setting(LOG_LEVEL).value().toUpperCase(Locale.ROOT);
    LogFormat.valueOf(format).use(LogLevel.valueOf(level));
  }

  static Telemetry telemetry(Configuration configuration) {
    var telemetry =
        Telemetry.defaults()
            .withSlow(
                Duration.ofMillis(configuration.number(SLOW_WRITE)),
                Duration.ofMillis(configuration.number(SLOW_READ)));
    if (configuration.isSet(METRICS_OPEN)) {
      telemetry = telemetry.withOpenMetrics();
    }
    var address = configuration.text(OTLP);
    if (address.isEmpty()) {
      return telemetry;
    }
    var usual = Telemetry.Otlp.to(URI.create(address.get()));
    return telemetry.withOtlp(
        new Telemetry.Otlp(
            usual.endpoint(),
            headers(configuration.list(OTLP_HEADERS)),
            configuration.number(OTLP_TRACES) / PERCENT,
            usual.traceDelay(),
            usual.metricsEvery()));
  }

  /// Says nothing of the value when it refuses one: it may be secret.
  private static Map<String, String> headers(List<String> pairs) {
    var headers = new LinkedHashMap<String, String>();
    for (var pair : pairs) {
      var equals = pair.indexOf('=');
      if (equals <= 0) {
        throw new IllegalArgumentException(
            "Each of %s is a name, '=' and a value; one of them is not"
                .formatted(OTLP_HEADERS.key()));
      }
      headers.put(pair.substring(0, equals).strip(), pair.substring(equals + 1).strip());
    }
    return headers;
  }
}
