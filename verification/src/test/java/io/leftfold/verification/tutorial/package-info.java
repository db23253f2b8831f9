// SPDX-License-Identifier: Apache-2.0

/// The tutorial, compiled and run as a reader would: its Java in a process of its own, what that
/// prints beside what the pages say.
@NullMarked
package io.leftfold.verification.tutorial;

import org.jspecify.annotations.NullMarked;
