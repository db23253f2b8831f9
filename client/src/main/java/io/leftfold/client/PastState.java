// SPDX-License-Identifier: Apache-2.0

package io.leftfold.client;

/// A state or a result of a projection as it was.
///
/// @param json JSON, or empty for none
/// @param position the last position that it knows of; −1 for none
public record PastState(String json, long position) {}
