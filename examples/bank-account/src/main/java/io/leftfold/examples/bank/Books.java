// SPDX-License-Identifier: Apache-2.0

package io.leftfold.examples.bank;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

/// What a decision rests on: the accounts that it concerns, the IBANs that it must not give twice,
/// and the payment that it is about. Of all else at the bank nothing is known here.
///
/// @param payment the one that was ordered last: of the events of one payment, that
record Books(Map<String, Account> accounts, Set<String> ibans, Payment payment) {

  static final Books EMPTY = new Books(Map.of(), Set.of(), Payment.NONE);

  Books {
    accounts = Map.copyOf(accounts);
    ibans = Set.copyOf(ibans);
  }

  boolean has(String account) {
    return accounts.containsKey(account);
  }

  /// An account that is there.
  Account of(String account) {
    var found = accounts.get(account);
    if (found == null) {
      throw new IllegalStateException(
          "Account \"%s\" is not in these books, only %s".formatted(account, accounts.keySet()));
    }
    return found;
  }

  Books opened(String account, Account opened) {
    var more = new HashMap<>(accounts);
    more.put(account, opened);
    var taken = new HashSet<>(ibans);
    taken.add(opened.iban());
    return new Books(more, taken, payment);
  }

  Books changed(String account, UnaryOperator<Account> change) {
    var changed = new HashMap<>(accounts);
    changed.computeIfPresent(account, (_, before) -> change.apply(before));
    return new Books(changed, ibans, payment);
  }

  Books with(Payment ordered) {
    return new Books(accounts, ibans, ordered);
  }

  Books ended(String name, Payment.Phase phase) {
    return payment.name().equals(name) ? with(payment.in(phase)) : this;
  }
}
