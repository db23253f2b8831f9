// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.scavenge;

/// How a scavenge is to be done.
///
/// @param dryRun whether only to tell what would be freed
/// @param thresholdPercent how much of a chunk must be freed for it to be written again
/// @param bytesPerSecondMax how much to read and write a second; 0 for as much as there is
/// @param firstChunk where to begin; less than 0 to go on where the last scavenge ended unfinished
public record ScavengeTerms(
    boolean dryRun, int thresholdPercent, long bytesPerSecondMax, int firstChunk) {}
