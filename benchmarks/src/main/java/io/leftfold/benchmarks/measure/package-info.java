// SPDX-License-Identifier: Apache-2.0

/// How a benchmark is run and told: rounds that visit every contestant in turn, rows that set a
/// figure beside the limit of the same rounds, tables for people and JSON for programs.
///
/// What is measured is the business of the packages beside this one.
@NullMarked
package io.leftfold.benchmarks.measure;

import org.jspecify.annotations.NullMarked;
