// SPDX-License-Identifier: Apache-2.0

/// User-defined indexes over a store, without a network.
@NullMarked
package io.leftfold.server.indexes;

import org.jspecify.annotations.NullMarked;
