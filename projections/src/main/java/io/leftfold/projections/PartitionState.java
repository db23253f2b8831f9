// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

/// A state or a result, and when it was that.
///
/// @param json JSON, or empty for none
/// @param position the last position that it knows of; −1 for none
public record PartitionState(String json, long position) {}
