// SPDX-License-Identifier: Apache-2.0

package io.leftfold.codecs;

/// What the tests store.
sealed interface Reading {

  /// A meter was read.
  record MeterRead(String meter, long number, boolean isEstimated) implements Reading {}

  /// It was not.
  record MeterNotFound(String meter) implements Reading {}

  /// What was a reading in older versions.
  record MeterReadOfThen(String meter, long number) {}
}
