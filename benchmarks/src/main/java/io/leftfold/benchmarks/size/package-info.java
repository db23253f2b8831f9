// SPDX-License-Identifier: Apache-2.0

/// How a store behaves that has many streams and events: made by a process with a small heap, which
/// is then killed, and opened by another.
@NullMarked
package io.leftfold.benchmarks.size;

import org.jspecify.annotations.NullMarked;
