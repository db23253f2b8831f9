// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine;

/// What the writer did with one batch of appends, and where the time went.
///
/// The parts follow each other: everybody in the batch waits for all of them, and before that for
/// the writer to begin.
///
/// @param appends how many appends and deletions were answered together, the refused too
/// @param events how many events became durable
/// @param bytes how many bytes were written for them
/// @param begunNanos when the writer took the first of it, as [System#nanoTime()] tells
/// @param judgingNanos for judging and encoding; sealing a full log file counts among it
/// @param writingNanos for handing the bytes to the system
/// @param syncingNanos for the disk
/// @param indexingNanos for adding the events to the index and showing them
public record BatchReport(
    int appends,
    long events,
    long bytes,
    long begunNanos,
    long judgingNanos,
    long writingNanos,
    long syncingNanos,
    long indexingNanos) {}
