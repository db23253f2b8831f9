// SPDX-License-Identifier: Apache-2.0

/// Process managers of the toolkit in the background, on every store: with many instances, with
/// threads that meet, answers that get lost, and new starts in between.
@NullMarked
package io.leftfold.verification.processes;

import org.jspecify.annotations.NullMarked;
