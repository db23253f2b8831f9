// SPDX-License-Identifier: Apache-2.0

/// A store under load for as long as one likes, killed, scavenged and backed up meanwhile, and
/// every answer compared with what was acknowledged. No speed is measured here beside a limit: what
/// counts is that nothing is wrong and nothing grows.
@NullMarked
package io.leftfold.benchmarks.soak;

import org.jspecify.annotations.NullMarked;
