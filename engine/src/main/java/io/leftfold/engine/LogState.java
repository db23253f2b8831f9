// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine;

/// How large a log is.
///
/// @param events how many events it has, the store's own included: the position of the next one
/// @param chunks how many files
/// @param bytes their size together; the last file is larger than what is in it
public record LogState(long events, int chunks, long bytes) {}
