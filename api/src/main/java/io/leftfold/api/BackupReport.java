// SPDX-License-Identifier: Apache-2.0

package io.leftfold.api;

/// What a backup did.
///
/// @param nextPosition the backup has all events below
/// @param filesCopied how many log files were copied
/// @param filesKept how many were in the backup from before
/// @param bytesCopied how many bytes were copied
public record BackupReport(long nextPosition, int filesCopied, int filesKept, long bytesCopied) {}
