// SPDX-License-Identifier: Apache-2.0

/// Single hot paths, by JMH: what one call costs when everything is near and compiled.
///
/// Each class has a method `leftfold` and a method `limit`, which moves the same bytes and does
/// nothing else ([JmhBenchmark] makes a row of them).
@NullMarked
package io.leftfold.benchmarks.micro;

import org.jspecify.annotations.NullMarked;
