// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections.reading;

import io.leftfold.api.ResolvedEvent;
import java.util.List;

/// A part of an answer.
///
/// @param events in the order of positions
/// @param through everything up to here was looked at; −1 for nothing
/// @param bytes of the events
/// @param atEnd whether there was no more when it was read
public record Batch(List<ResolvedEvent> events, long through, long bytes, boolean atEnd) {}
