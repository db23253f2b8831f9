// SPDX-License-Identifier: Apache-2.0

package io.leftfold.api;

/// A stream in a list.
///
/// @param name its name
/// @param state what it is
public record StreamSummary(StreamName name, StreamState state) {}
