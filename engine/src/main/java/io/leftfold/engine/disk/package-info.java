// SPDX-License-Identifier: Apache-2.0

/// The only door to the file system: named files in one directory, written at offsets, synced, and
/// mapped for reading.
///
/// [Disk] is the seam at which production ([DirectoryDisk]), memory ([MemoryDisk]) and disaster
/// (the faulty disk of the tests) are interchangeable. Nothing here knows what the bytes mean.
/// Writing is always by [DiskFile#write], never through a mapping, so that a full disk is an
/// [java.io.IOException] and not a fault.
@NullMarked
package io.leftfold.engine.disk;

import org.jspecify.annotations.NullMarked;
