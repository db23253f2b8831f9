// SPDX-License-Identifier: Apache-2.0

/// Tests of the `leftfold` command, from the command line to what it says.
@NullMarked
package io.leftfold.cli;

import org.jspecify.annotations.NullMarked;
