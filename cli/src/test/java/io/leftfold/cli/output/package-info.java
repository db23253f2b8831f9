// SPDX-License-Identifier: Apache-2.0

/// Tests of how things are shown and read back.
@NullMarked
package io.leftfold.cli.output;

import org.jspecify.annotations.NullMarked;
