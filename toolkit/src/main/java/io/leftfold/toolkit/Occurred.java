// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit;

import io.leftfold.api.RecordedEvent;

/// Something that happened, as a reader is told: what it means, and how it was recorded.
///
/// @param partition whose it is, by the projection
/// @param event what it means today
/// @param recorded how it stands in the store: position, stream, time
/// @param <E> the events of the application
public record Occurred<E>(String partition, E event, RecordedEvent recorded) {}
