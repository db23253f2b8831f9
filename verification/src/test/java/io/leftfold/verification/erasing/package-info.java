// SPDX-License-Identifier: Apache-2.0

/// Erasing personal data on a real store: what its files hold before and afterwards.
@NullMarked
package io.leftfold.verification.erasing;

import org.jspecify.annotations.NullMarked;
