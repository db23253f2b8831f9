// SPDX-License-Identifier: Apache-2.0

/// Tests of what becomes of messages that are logged.
@NullMarked
package io.leftfold.cli.logging;

import org.jspecify.annotations.NullMarked;
