// SPDX-License-Identifier: Apache-2.0

/// Tests of the server as a whole.
@NullMarked
package io.leftfold.server;

import org.jspecify.annotations.NullMarked;
