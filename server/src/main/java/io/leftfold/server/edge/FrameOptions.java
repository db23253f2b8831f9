// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.edge;

/// Where the port listens that speaks in frames, and what it takes.
///
/// @param port 0 for any free one; on the address of the edge
/// @param frameBytesMax the longest frame taken, without its length
/// @param heartbeat how long a peer may be silent until it is asked for a sign of life, and how
///   long that may take; the connection is closed then
public record FrameOptions(int port, int frameBytesMax, KeepAlive heartbeat) {}
