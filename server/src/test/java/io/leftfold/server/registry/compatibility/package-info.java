// SPDX-License-Identifier: Apache-2.0

/// Tests of what fits what.
@NullMarked
package io.leftfold.server.registry.compatibility;

import org.jspecify.annotations.NullMarked;
