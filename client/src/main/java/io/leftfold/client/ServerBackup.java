// SPDX-License-Identifier: Apache-2.0

package io.leftfold.client;

/// What a backup on the server's side did.
///
/// @param nextPosition the backup has all events below
/// @param filesCopied how many log files were copied
/// @param filesKept how many were in the backup from before
/// @param bytesCopied how many bytes were copied
public record ServerBackup(long nextPosition, int filesCopied, int filesKept, long bytesCopied) {}
