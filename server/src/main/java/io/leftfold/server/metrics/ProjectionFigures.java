// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.metrics;

/// How a projection stands.
///
/// @param name its name
/// @param running whether it runs
/// @param faulted whether it stopped since something failed
/// @param lagEvents positions that it has not looked at
/// @param lagSeconds the age of the first of those that its script may want; 0 if there is none
/// @param handled events that it handled since it was last started
/// @param emitted events that it wrote since zero
/// @param partitions partitions that have a state
/// @param parked events and partitions that are parked
/// @param faults how often it has become faulted since the server started
public record ProjectionFigures(
    String name,
    boolean running,
    boolean faulted,
    long lagEvents,
    double lagSeconds,
    long handled,
    long emitted,
    long partitions,
    long parked,
    long faults) {}
