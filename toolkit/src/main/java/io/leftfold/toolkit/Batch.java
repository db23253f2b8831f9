// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit;

import io.leftfold.api.RecordedEvent;
import java.util.List;

/// Events of a source, and how far the store was looked at for them.
///
/// @param events in the order of positions
/// @param through the position up to which there is no other event of the source
record Batch(List<RecordedEvent> events, long through) {}
