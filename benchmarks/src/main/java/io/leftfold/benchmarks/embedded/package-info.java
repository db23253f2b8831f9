// SPDX-License-Identifier: Apache-2.0

/// The store in this process, beside raw files and SQLite doing the same work.
///
/// Everything goes through the public API of the engine; only the limits know the layout of the log
/// ([LogLayout]), to move the same bytes.
@NullMarked
package io.leftfold.benchmarks.embedded;

import org.jspecify.annotations.NullMarked;
