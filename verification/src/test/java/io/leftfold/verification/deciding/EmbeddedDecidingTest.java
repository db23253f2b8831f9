// SPDX-License-Identifier: Apache-2.0

package io.leftfold.verification.deciding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.leftfold.api.EventStore;
import io.leftfold.api.UnavailableException;
import io.leftfold.engine.LocalEventStore;
import io.leftfold.toolkit.CommandId;
import io.leftfold.toolkit.Outcome.Accepted;
import io.leftfold.verification.deciding.Bank.BankEvent;
import io.leftfold.verification.deciding.Bank.Deposit;
import io.leftfold.verification.deciding.Bank.Deposited;
import io.leftfold.verification.deciding.Bank.Open;
import io.leftfold.verification.deciding.Bank.Refusal;
import io.leftfold.verification.deciding.UnreliableStore.Loss;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Deciding on the engine, in a directory.
final class EmbeddedDecidingTest extends DecidingContract {

  @TempDir
  @SuppressWarnings("NullAway.Init")
  static Path directory;

  @Override
  EventStore open() {
    return LocalEventStore.open(directory.resolve("contract"));
  }

  @Test
  void a_command_is_known_after_its_store_was_opened_again() {
    var id = CommandId.of("d");
    try (var before = LocalEventStore.open(directory.resolve("again"))) {
      Bank.on(before).handle(new Open("7", "iban"));
      var dying = Bank.on(new UnreliableStore(before, () -> Loss.OF_THE_ANSWER));
      assertThatThrownBy(() -> dying.handle(id, new Deposit("7", 5)))
          .isInstanceOf(UnavailableException.class);
    }
    try (var after = LocalEventStore.open(directory.resolve("again"))) {
      assertThat(Bank.on(after).handle(id, new Deposit("7", 5)))
          .isEqualTo(new Accepted<BankEvent, Refusal>(2, List.of(new Deposited("7", 5)), true));
    }
  }
}
