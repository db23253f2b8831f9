// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import io.leftfold.projections.storage.CheckpointRecord;
import java.time.Instant;
import java.util.Optional;

/// How a run is at one moment.
record RunFigures(
    ProjectionDefinition definition,
    long position,
    CheckpointRecord checkpoint,
    long processed,
    long openHandled,
    int openEmitted,
    int writingEmitted,
    boolean isWriting,
    int buffered,
    int cached,
    long cachedBytes,
    long evictions,
    int parked,
    boolean isIdle,
    String trouble,
    Optional<Instant> lastStep) {}
