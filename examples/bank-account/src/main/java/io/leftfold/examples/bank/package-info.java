// SPDX-License-Identifier: Apache-2.0

/// A bank, as an example of an application on Leftfold: every account is a fold of what happened to
/// it.
///
/// Read it in this order: [BankEvent], [BankCommand], [Account] and [Accounts] are the domain,
/// plain functions that know no store. [Payments] is what takes longer than a command. [Overview]
/// and [Statement] are what readers see. [Bank] puts all of it on a store, [BankHttp] on the
/// network, [Main] starts it.
@NullMarked
package io.leftfold.examples.bank;

import org.jspecify.annotations.NullMarked;
