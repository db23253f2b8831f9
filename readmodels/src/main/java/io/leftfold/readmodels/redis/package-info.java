// SPDX-License-Identifier: Apache-2.0

/// Read models in Redis.
///
/// A [RedisReadModel] keeps the states that a [io.leftfold.toolkit.Projector] folds as JSON in
/// hashes, and how far it came beside them, changed by one script. The client, Jedis, is the
/// application's to bring.
@NullMarked
package io.leftfold.readmodels.redis;

import org.jspecify.annotations.NullMarked;
