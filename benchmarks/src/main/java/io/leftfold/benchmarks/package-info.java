// SPDX-License-Identifier: Apache-2.0

/// The `bench` command: which benchmarks there are, and running them.
///
/// The embedded store is measured in `embedded`, the server in `grpc`, single hot paths in `micro`
/// (JMH); `soak`, `size` and `beside` are commands of their own. `measure` is what they have in
/// common. Nothing in Leftfold depends on this module.
@NullMarked
package io.leftfold.benchmarks;

import org.jspecify.annotations.NullMarked;
