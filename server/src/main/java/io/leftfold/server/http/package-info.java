// SPDX-License-Identifier: Apache-2.0

/// What is asked over plain HTTP: whether the node is alive and what it is, its metrics, tokens,
/// and projections.
@NullMarked
package io.leftfold.server.http;

import org.jspecify.annotations.NullMarked;
