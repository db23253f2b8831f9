// SPDX-License-Identifier: Apache-2.0

/// Tests of the import of git repositories.
@NullMarked
package io.leftfold.cli.git;

import org.jspecify.annotations.NullMarked;
