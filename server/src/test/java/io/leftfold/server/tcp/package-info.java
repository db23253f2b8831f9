// SPDX-License-Identifier: Apache-2.0

/// Tests of the wire of the old TCP protocol, as far as they need no network.
@NullMarked
package io.leftfold.server.tcp;

import org.jspecify.annotations.NullMarked;
