// SPDX-License-Identifier: Apache-2.0

/// Tests of what a server is told.
@NullMarked
package io.leftfold.cli.config;

import org.jspecify.annotations.NullMarked;
