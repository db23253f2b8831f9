// SPDX-License-Identifier: Apache-2.0

/// Copying everything from a server of EventStoreDB or KurrentDB into a new store.
///
/// [io.leftfold.cli.kurrent.KurrentImport] copies, [io.leftfold.cli.kurrent.KurrentComparison]
/// looks whether the copy is one. What the command line says is the business of `io.leftfold.cli`.
@NullMarked
package io.leftfold.cli.kurrent;

import org.jspecify.annotations.NullMarked;
