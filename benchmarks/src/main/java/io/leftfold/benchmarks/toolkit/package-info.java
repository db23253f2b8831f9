// SPDX-License-Identifier: Apache-2.0

/// The toolkit beside what it stands on: deciding beside appending, projecting beside writing the
/// same rows, and loading a state beside reading its events.
///
/// All of it is about accounts that are booked on ([Accounts]).
@NullMarked
package io.leftfold.benchmarks.toolkit;

import org.jspecify.annotations.NullMarked;
