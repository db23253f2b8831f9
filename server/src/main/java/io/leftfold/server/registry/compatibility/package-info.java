// SPDX-License-Identifier: Apache-2.0

/// What one definition of a schema means for those who have another: pure, and without a store.
///
/// Only JSON schemas are compared; what of them is said in [JsonCompatibility]. Definitions come
/// from callers, so whatever is done with one is bounded.
@NullMarked
package io.leftfold.server.registry.compatibility;

import org.jspecify.annotations.NullMarked;
