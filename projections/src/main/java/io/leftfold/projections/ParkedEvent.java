// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import java.util.Optional;

/// An event that was set aside, or the first event of a partition that was.
///
/// @param position the event's position, which names the entry
/// @param stream its stream
/// @param revision its revision
/// @param eventType its type
/// @param partition its partition, if known
/// @param wholePartition whether the partition's later events are set aside too
/// @param error why, for a person
/// @param stateBefore the state of the partition before it, JSON or empty, if it is known and has
///   no more than a million characters
public record ParkedEvent(
    long position,
    String stream,
    long revision,
    String eventType,
    Optional<String> partition,
    boolean wholePartition,
    String error,
    Optional<String> stateBefore) {}
