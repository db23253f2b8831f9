// SPDX-License-Identifier: Apache-2.0

package io.leftfold.readmodels.lucene;

/// Something that was searched for.
///
/// @param partition of the projection
/// @param state of the partition
/// @param score how well it fits; more is better
/// @param <S> the state of a partition
public record Hit<S>(String partition, S state, float score) {}
