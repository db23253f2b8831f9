// SPDX-License-Identifier: Apache-2.0

/// Users and rights, with a store in memory.
@NullMarked
package io.leftfold.server.access;

import org.jspecify.annotations.NullMarked;
