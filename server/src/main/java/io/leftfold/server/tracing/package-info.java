// SPDX-License-Identifier: Apache-2.0

/// Traces: a span for each gRPC call and for each request to a page, and one for each delivery of
/// an event that carries the context of the trace it was appended in.
///
/// The one place that knows OpenTelemetry. Nothing here is called, and no thread runs, unless an
/// endpoint is configured. What is recorded of events is never changed: a context is read from
/// metadata, not written to it.
@NullMarked
package io.leftfold.server.tracing;

import org.jspecify.annotations.NullMarked;
