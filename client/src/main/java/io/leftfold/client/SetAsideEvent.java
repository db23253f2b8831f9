// SPDX-License-Identifier: Apache-2.0

package io.leftfold.client;

import java.util.Optional;

/// An event that a projection set aside because its script failed, or the first event of a
/// partition that it did.
///
/// @param position the event's position, which names the entry
/// @param stream its stream
/// @param revision its revision
/// @param type its type
/// @param partition its partition, if known
/// @param wholePartition whether the partition's later events are set aside too
/// @param error why, for a person
/// @param stateBefore the state of the partition before it, JSON or empty, if known
public record SetAsideEvent(
    long position,
    String stream,
    long revision,
    String type,
    Optional<String> partition,
    boolean wholePartition,
    String error,
    Optional<String> stateBefore) {}
