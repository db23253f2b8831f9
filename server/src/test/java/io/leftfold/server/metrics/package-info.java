// SPDX-License-Identifier: Apache-2.0

/// Tests of what is counted, apart from a server.
@NullMarked
package io.leftfold.server.metrics;

import org.jspecify.annotations.NullMarked;
