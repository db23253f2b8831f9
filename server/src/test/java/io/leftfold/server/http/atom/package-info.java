// SPDX-License-Identifier: Apache-2.0

/// Tests of streams over plain HTTP, by requests to a server on loopback.
@NullMarked
package io.leftfold.server.http.atom;

import org.jspecify.annotations.NullMarked;
