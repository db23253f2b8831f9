// SPDX-License-Identifier: Apache-2.0

/// Tests of what is asked over plain HTTP.
@NullMarked
package io.leftfold.server.http;

import org.jspecify.annotations.NullMarked;
