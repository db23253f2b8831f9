// SPDX-License-Identifier: Apache-2.0

/// What the toolkit does, as meters of Micrometer ([ToolkitMeters]) and spans of OpenTelemetry
/// ([ToolkitSpans]), each for who has its library.
///
/// The toolkit knows neither: it gives numbers when it is asked
/// ([io.leftfold.toolkit.topology.RunningTopology#figures]), and tells a
/// [io.leftfold.toolkit.WorkObserver] of its work. Nothing here runs by itself.
@NullMarked
package io.leftfold.observing;

import org.jspecify.annotations.NullMarked;
