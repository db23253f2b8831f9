// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit;

/// A partition that stands still, because one of its events could not be folded. That event and all
/// later ones of the partition are kept by their positions, in order.
///
/// @param partition which
/// @param position of the first event that is kept
/// @param failure what the event failed with that the partition was parked for
/// @param events how many are kept
public record ParkedPartition(String partition, long position, String failure, long events) {}
