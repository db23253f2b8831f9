// SPDX-License-Identifier: Apache-2.0

package io.leftfold.examples.bank;

import io.leftfold.api.RecordedEvent;
import io.leftfold.examples.bank.BankEvent.Booking;
import io.leftfold.toolkit.EventTypes;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;

/// What was booked on an account, on both timelines: as it was known at some moment, for that is
/// what the events say that were read, and as it counts on a day.
///
/// @param ledger all that was booked
/// @param day by whose end `valued` is judged
/// @param valued what of it has its value date on that day or before
record Statement(String account, long ledger, LocalDate day, long valued, List<Entry> entries) {

  /// @param position where it is recorded, by which it can be corrected
  /// @param ledger the balance behind it
  record Entry(
      long position, Instant booked, LocalDate valueDate, long cents, String text, long ledger) {}

  static Statement of(
      String account, LocalDate day, Iterable<RecordedEvent> events, EventTypes<BankEvent> types) {
    var ledger = 0L;
    var valued = 0L;
    var entries = new ArrayList<Entry>();
    for (var event : events) {
      for (var booking : bookings(types, event)) {
        ledger += booking.change();
        if (!booking.valueDate().isAfter(day)) {
          valued += booking.change();
        }
        entries.add(
            new Entry(
                event.position(),
                event.recorded(),
                booking.valueDate(),
                booking.change(),
                booking.text(),
                ledger));
      }
    }
    return new Statement(account, ledger, day, valued, List.copyOf(entries));
  }

  private static List<Booking> bookings(EventTypes<BankEvent> types, RecordedEvent event) {
    return Accounts.meaning(types, event).stream()
        .filter(Booking.class::isInstance)
        .map(Booking.class::cast)
        .toList();
  }
}
