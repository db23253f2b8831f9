// SPDX-License-Identifier: Apache-2.0

package io.leftfold.examples.bank;

import io.leftfold.toolkit.Personal;
import java.time.LocalDate;
import java.util.Collections;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// What is known of an account: the fold of its events.
///
/// @param balance everything that was booked: the *ledger* balance
/// @param incoming what came in, by the day from which on it counts
record Account(
    String iban,
    Personal<String> owner,
    long balance,
    long creditLine,
    SortedMap<LocalDate, Long> incoming,
    Map<String, Payment> payments) {

  /// A payment to another bank.
  record Payment(String iban, long cents, Phase phase) {

    enum Phase {
      OPEN,
      CONFIRMED,
      RETURNED;

      String word() {
        return name().toLowerCase(Locale.ROOT);
      }
    }

    Payment in(Phase next) {
      return new Payment(iban, cents, next);
    }
  }

  Account {
    incoming = Collections.unmodifiableSortedMap(new TreeMap<>(incoming));
    payments = Map.copyOf(payments);
  }

  static Account opened(String iban, Personal<String> owner) {
    return new Account(iban, owner, 0, 0, new TreeMap<>(), Map.of());
  }

  /// What can be drawn on a day: the line of credit, and what has come in by then. What goes away
  /// counts at once, so that clocks which differ cannot spend it twice.
  long available(LocalDate day) {
    var later =
        incoming.tailMap(day.plusDays(1)).values().stream().mapToLong(Long::longValue).sum();
    return balance - later + creditLine;
  }

  Account debited(long cents) {
    return new Account(iban, owner, balance - cents, creditLine, incoming, payments);
  }

  Account credited(long cents, LocalDate valueDate) {
    var more = new TreeMap<>(incoming);
    more.merge(valueDate, cents, Long::sum);
    return new Account(iban, owner, balance + cents, creditLine, more, payments);
  }

  Account withCreditLine(long cents) {
    return new Account(iban, owner, balance, cents, incoming, payments);
  }

  Account with(String name, Payment payment) {
    var more = new HashMap<>(payments);
    more.put(name, payment);
    return new Account(iban, owner, balance, creditLine, incoming, more);
  }

  Account moved(String name, Payment.Phase phase) {
    var payment = payments.get(name);
    return payment == null ? this : with(name, payment.in(phase));
  }
}
