// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.stream;

/// What a batch was and where its time went, in nanoseconds.
///
/// @param answers how many pieces of work were answered together, the refused too
/// @param events how many events it made durable
/// @param bytes how many bytes of commits it wrote
/// @param begun when the writer took the first of it, by the clock that it was given
/// @param judging until all was judged and encoded, sealing a full log file included
/// @param writing for handing the bytes to the system
/// @param syncing for the disk
/// @param indexing for adding the events to the index and showing them
public record BatchTimes(
    int answers,
    long events,
    long bytes,
    long begun,
    long judging,
    long writing,
    long syncing,
    long indexing) {}
