// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.metrics;

/// How a persistent subscription group stands.
///
/// @param consumers how many are connected
/// @param inFlight events given and neither acknowledged nor refused
/// @param retrying events that wait to be given again
/// @param parked events that were parked
/// @param lagEvents events that were not looked at yet
/// @param lagSeconds the age of the first of them; 0 if there is none
public record GroupFigures(
    long consumers, long inFlight, long retrying, long parked, long lagEvents, double lagSeconds) {}
