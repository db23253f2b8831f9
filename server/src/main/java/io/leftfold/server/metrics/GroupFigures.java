// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.metrics;

/// How a persistent subscription group stands.
///
/// @param consumers how many are connected
/// @param buffered events that were read ahead and not given yet
/// @param inFlight events given and neither acknowledged nor refused
/// @param retrying events that wait to be given again
/// @param retries how often an event was taken back to be given again
/// @param parked events that were parked
/// @param lagEvents events behind the last up to which everything is done
/// @param lagSeconds the age of the first of them; 0 if there is none
public record GroupFigures(
    long consumers,
    long buffered,
    long inFlight,
    long retrying,
    long retries,
    long parked,
    long lagEvents,
    double lagSeconds) {}
