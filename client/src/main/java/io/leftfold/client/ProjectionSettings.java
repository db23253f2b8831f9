// SPDX-License-Identifier: Apache-2.0

package io.leftfold.client;

/// How a projection goes about its work.
///
/// @param emit whether it may write
/// @param trackEmittedStreams whether it keeps a list of the streams that it wrote to
/// @param onFailure what becomes of an event that makes the script fail: `stop`, `retry`,
///   `park-event` or `park-partition`
/// @param checkpointAfterMillis how long a step is collected at least
/// @param checkpointHandled events after which a step ends
/// @param checkpointUnhandledBytes bytes of events after which a step ends
/// @param pendingEvents how many events are read ahead
/// @param writeBatch emitted events after which a step ends
/// @param writesInFlight kept and shown; there is one step under way at a time
/// @param executionTimeoutMillis how long an event may take; 0 for the default
public record ProjectionSettings(
    boolean emit,
    boolean trackEmittedStreams,
    String onFailure,
    long checkpointAfterMillis,
    int checkpointHandled,
    long checkpointUnhandledBytes,
    int pendingEvents,
    int writeBatch,
    int writesInFlight,
    long executionTimeoutMillis) {}
