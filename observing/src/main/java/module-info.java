// SPDX-License-Identifier: Apache-2.0

/// Metrics and traces of what the toolkit runs.
module io.leftfold.observing {
  requires static org.jspecify;
  requires static transitive io.opentelemetry.api;
  requires static io.opentelemetry.context;
  requires static transitive micrometer.core;
  requires transitive io.leftfold.toolkit;

  exports io.leftfold.observing;
}
