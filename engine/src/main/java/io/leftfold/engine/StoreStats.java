// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine;

/// What a store holds. Streams, categories, types and tags are counted in what is indexed: in all,
/// unless the index is being made ([IndexProgress]).
///
/// @param events how many, the store's own included
/// @param streams how many
/// @param categories how many
/// @param eventTypes how many
/// @param tags how many different ones
/// @param chunks how many files the log has
/// @param logBytes their size together; the last file is larger than what is in it
/// @param queueLength how many appends wait to be written
public record StoreStats(
    long events,
    long streams,
    long categories,
    long eventTypes,
    long tags,
    int chunks,
    long logBytes,
    int queueLength) {}
