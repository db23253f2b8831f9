// SPDX-License-Identifier: Apache-2.0

package io.leftfold.examples.bank;

import io.leftfold.api.EventStore;
import io.leftfold.api.Query;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.RecordedEvent;
import io.leftfold.examples.bank.BankEvent.AccountOpened;
import io.leftfold.examples.bank.BankEvent.Booking;
import io.leftfold.examples.bank.BankEvent.CreditLineSet;
import io.leftfold.examples.bank.BankEvent.PaymentConfirmed;
import io.leftfold.examples.bank.Overview.AccountRow;
import io.leftfold.examples.bank.Overview.LedgerRow;
import io.leftfold.toolkit.EventTypes;
import io.leftfold.toolkit.JsonBinding;
import io.leftfold.toolkit.Personal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What readers see of the bank, wherever it is kept: all accounts by name, and all bookings in the
/// order in which they were recorded.
record Shown(List<AccountRow> accounts, List<LedgerRow> ledger) {

  /// An account, where one state is kept for each.
  ///
  /// @param owner null once it is erased
  record Card(
      String iban, @Nullable String owner, long balance, long creditLine, List<LedgerRow> ledger) {
    static final Card NONE = new Card("", null, 0, 0, List.of());
    static final JsonBinding<Card> BINDING = JsonBinding.jackson(Card.class);

    Card with(BankEvent event, RecordedEvent recorded) {
      return switch (event) {
        case AccountOpened(_, var opened, var personal) ->
            new Card(opened, known(personal), balance, creditLine, ledger);
        case CreditLineSet(_, var cents) -> new Card(iban, owner, balance, cents, ledger);
        case PaymentConfirmed _ -> this;
        case Booking booking -> {
          var more = new ArrayList<>(ledger);
          more.add(row(booking, recorded));
          yield new Card(iban, owner, balance + booking.change(), creditLine, List.copyOf(more));
        }
      };
    }
  }

  static @Nullable String known(Personal<String> owner) {
    return owner instanceof Personal.Known<String>(var name) ? name : null;
  }

  static LedgerRow row(Booking booking, RecordedEvent recorded) {
    return new LedgerRow(
        recorded.position(),
        recorded.recorded().toString(),
        booking.account(),
        booking.valueDate().toString(),
        booking.change(),
        booking.text());
  }

  static Shown of(Map<String, Card> cards) {
    return new Shown(
        new TreeMap<>(cards)
            .entrySet().stream()
                .map(one ->
                    new AccountRow(
                        one.getKey(),
                        one.getValue().iban(),
                        one.getValue().owner(),
                        one.getValue().balance(),
                        one.getValue().creditLine()))
                .toList(),
        cards.values().stream()
            .flatMap(card -> card.ledger().stream())
            .sorted(Comparator.comparingLong(LedgerRow::position))
            .toList());
  }

  /// The fold of all events, from the first to the last, by a loop.
  static Shown fromZero(EventStore store, EventTypes<BankEvent> types) {
    var cards = new TreeMap<String, Card>();
    for (var recorded : store.read(Query.everything(), ReadOptions.forwards()).events()) {
      for (var event : Accounts.meaning(types, recorded)) {
        var before = cards.getOrDefault(event.account(), Card.NONE);
        cards.put(event.account(), before.with(event, recorded));
      }
    }
    return of(cards);
  }
}
