// SPDX-License-Identifier: Apache-2.0

package io.leftfold.examples.bank;

import java.time.LocalDate;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/// What has to be known of an account to decide: the fold of its events. It does not grow with
/// them, so that folding one more costs as much as folding the first.
///
/// Who owns it is not in here, for no decision asks.
///
/// @param balance everything that was booked: the *ledger* balance
/// @param day the newest on which anything happened that counts at once; what counted by then,
///   counts
/// @param later what came in, and counts from a later day on, by that day
record Account(
    String iban, long balance, long creditLine, LocalDate day, SortedMap<LocalDate, Long> later) {

  Account {
    later = Collections.unmodifiableSortedMap(new TreeMap<>(later.tailMap(day.plusDays(1))));
  }

  static Account opened(String iban) {
    return new Account(iban, 0, 0, LocalDate.MIN, new TreeMap<>());
  }

  /// What can be drawn on a day: the line of credit, and what has come in by then. What goes away
  /// counts at once, so that clocks which differ cannot spend it twice.
  long available(LocalDate on) {
    var notYet = later.tailMap(on.plusDays(1)).values().stream().mapToLong(Long::longValue).sum();
    return balance - notYet + creditLine;
  }

  Account debited(long cents, LocalDate today) {
    return new Account(iban, balance - cents, creditLine, day, later).on(today);
  }

  Account credited(long cents, LocalDate valueDate) {
    var more = new TreeMap<>(later);
    more.merge(valueDate, cents, Long::sum);
    return new Account(iban, balance + cents, creditLine, day, more);
  }

  Account withCreditLine(long cents) {
    return new Account(iban, balance, cents, day, later);
  }

  /// Something happened that counts at once.
  Account on(LocalDate today) {
    return today.isAfter(day) ? new Account(iban, balance, creditLine, today, later) : this;
  }
}
