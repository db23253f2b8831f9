// SPDX-License-Identifier: Apache-2.0

/// Metrics: what a node counts, as Prometheus reads it and as it is sent by OTLP.
///
/// The one place that knows Micrometer. [NodeMeters] hears what the node does; the others ask the
/// store when somebody looks. Names, units and meaning stand in `docs/reference/metrics.md`.
/// Nothing here writes into the log, ever.
@NullMarked
package io.leftfold.server.metrics;

import org.jspecify.annotations.NullMarked;
