// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.log;

import org.jspecify.annotations.Nullable;

/// All that is still known of an event that a scavenge left nothing else of: what keeps the numbers
/// in virtual streams from moving.
///
/// @param category of its stream; null if that has none
/// @param type its type
/// @param beginsStream whether it was the first of its stream, which is none of the system's
public record EventKind(@Nullable String category, String type, boolean beginsStream) {}
