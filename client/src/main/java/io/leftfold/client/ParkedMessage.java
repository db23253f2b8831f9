// SPDX-License-Identifier: Apache-2.0

package io.leftfold.client;

/// A parked event.
///
/// The arrays are the taker's own.
///
/// @param parkedAt its place among the parked, by which it is replayed
/// @param why JSON: when it was parked, and for what reason
/// @param stream its stream; empty if the event is gone
/// @param revision its place there
/// @param type what happened
/// @param data the fact
/// @param metadata about the fact
public record ParkedMessage(
    long parkedAt,
    String why,
    String stream,
    long revision,
    String type,
    byte[] data,
    byte[] metadata) {}
