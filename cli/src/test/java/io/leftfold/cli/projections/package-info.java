// SPDX-License-Identifier: Apache-2.0

/// Tests of what authors of projections are given.
@NullMarked
package io.leftfold.cli.projections;

import org.jspecify.annotations.NullMarked;
