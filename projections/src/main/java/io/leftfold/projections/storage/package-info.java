// SPDX-License-Identifier: Apache-2.0

/// What a projection leaves in the store: which streams, and what their events say.
///
/// Names and JSON, nothing that runs. Streams and fields that other tools know are called as they
/// call them.
@NullMarked
package io.leftfold.projections.storage;

import org.jspecify.annotations.NullMarked;
