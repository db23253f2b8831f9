// SPDX-License-Identifier: Apache-2.0

package io.leftfold.api;

/// The metadata of a stream and where it stands.
///
/// @param metadata what it says; nothing if none was written
/// @param metastreamRevision the revision of the event that says it; −1 if none was written
public record CurrentMetadata(StreamMetadata metadata, long metastreamRevision) {}
