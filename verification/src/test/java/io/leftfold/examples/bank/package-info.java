// SPDX-License-Identifier: Apache-2.0

/// The overview of the bank example in every kind of read model. It is in the bank's package, for
/// the bank shows its events to nobody else.
@NullMarked
package io.leftfold.examples.bank;

import org.jspecify.annotations.NullMarked;
