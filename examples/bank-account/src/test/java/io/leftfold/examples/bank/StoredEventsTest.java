// SPDX-License-Identifier: Apache-2.0

package io.leftfold.examples.bank;

import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.examples.bank.BankEvent.AccountOpened;
import io.leftfold.examples.bank.BankEvent.BookingReversed;
import io.leftfold.examples.bank.BankEvent.CreditLineSet;
import io.leftfold.examples.bank.BankEvent.MoneyDeposited;
import io.leftfold.examples.bank.BankEvent.MoneyWithdrawn;
import io.leftfold.examples.bank.BankEvent.PaymentConfirmed;
import io.leftfold.examples.bank.BankEvent.PaymentOrdered;
import io.leftfold.examples.bank.BankEvent.PaymentReturned;
import io.leftfold.examples.bank.BankEvent.TransferReceived;
import io.leftfold.examples.bank.BankEvent.TransferSent;
import io.leftfold.toolkit.JsonEvent;
import io.leftfold.toolkit.Personal;
import io.leftfold.toolkit.keys.SubjectKeys;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// What was stored once is understood for ever. A sample is added for each new version of an event,
/// and none is ever changed: somebody's store has it.
final class StoredEventsTest {

  private static final LocalDate DAY = LocalDate.of(2026, 7, 17);

  private static final Map<JsonEvent, BankEvent> SAMPLES = new LinkedHashMap<>();

  private static void sample(String type, int version, String json, BankEvent meaning) {
    SAMPLES.put(
        new JsonEvent(type, version, (ObjectNode) JsonMapper.shared().readTree(json)), meaning);
  }

  static {
    sample(
        "AccountOpened",
        1,
        "{\"account\":\"alice\",\"iban\":\"DE89370400440532013000\",\"owner\":\"Alice\"}",
        new AccountOpened("alice", "DE89370400440532013000", Personal.of("Alice")));
    sample(
        "CreditLineSet",
        1,
        "{\"account\":\"alice\",\"cents\":50000}",
        new CreditLineSet("alice", 50_000));
    sample(
        "MoneyDeposited",
        1,
        "{\"account\":\"alice\",\"cents\":5000,\"valueDate\":\"2026-07-17\",\"text\":\"Salary\"}",
        new MoneyDeposited("alice", 5_000, DAY, "Salary"));
    sample(
        "MoneyWithdrawn",
        1,
        "{\"account\":\"alice\",\"cents\":100,\"valueDate\":\"2026-07-17\",\"text\":\"Cash\"}",
        new MoneyWithdrawn("alice", 100, DAY, "Cash"));
    sample(
        "TransferSent",
        1,
        "{\"account\":\"alice\",\"to\":\"bob\",\"cents\":7,\"valueDate\":\"2026-07-17\",\"text\":\"Lunch\"}",
        new TransferSent("alice", "bob", 7, DAY, "Lunch"));
    sample(
        "TransferReceived",
        1,
        "{\"account\":\"bob\",\"from\":\"alice\",\"cents\":7,\"valueDate\":\"2026-07-17\",\"text\":\"Lunch\"}",
        new TransferReceived("bob", "alice", 7, DAY, "Lunch"));
    sample(
        "BookingReversed",
        1,
        "{\"account\":\"alice\",\"change\":-5000,\"valueDate\":\"2026-07-17\",\"text\":\"Reversal: Salary\"}",
        new BookingReversed("alice", -5_000, DAY, "Reversal: Salary"));
    sample(
        "PaymentOrdered",
        1,
        "{\"account\":\"alice\",\"payment\":\"p1\",\"iban\":\"GB29NWBK60161331926819\",\"cents\":9,\"valueDate\":\"2026-07-17\",\"text\":\"Rent\"}",
        new PaymentOrdered("alice", "p1", "GB29NWBK60161331926819", 9, DAY, "Rent"));
    sample(
        "PaymentConfirmed",
        1,
        "{\"account\":\"alice\",\"payment\":\"p1\"}",
        new PaymentConfirmed("alice", "p1"));
    sample(
        "PaymentReturned",
        1,
        "{\"account\":\"alice\",\"payment\":\"p1\",\"cents\":9,\"valueDate\":\"2026-07-17\",\"text\":\"Late\"}",
        new PaymentReturned("alice", "p1", 9, DAY, "Late"));
  }

  /// The data as it was before it was sealed, if it is sealed where the sample has an owner.
  private static JsonNode opened(String data, ObjectNode sample) {
    var json = (ObjectNode) JsonMapper.shared().readTree(data);
    return json.at("/owner/$sealed").isString() ? json.set("owner", sample.get("owner")) : json;
  }

  @Test
  void every_version_of_every_event_means_what_it_meant() {
    var samples = SAMPLES.keySet().stream().toList();

    assertThat(Accounts.EVENTS.replay(samples))
        .containsExactlyElementsOf(SAMPLES.values().stream().map(List::of).toList());
  }

  @Test
  void events_are_stored_as_the_newest_samples_are() {
    var keys = SubjectKeys.inMemory(new SecureRandom());
    SAMPLES.forEach((sample, event) -> {
      var stored = Accounts.EVENTS.with(keys).encode(event);
      var data = new String(stored.data(), StandardCharsets.UTF_8);

      assertThat(stored.type()).isEqualTo(sample.type());
      assertThat(opened(data, sample.data())).isEqualTo(sample.data());
      assertThat(data).doesNotContain("Alice");
    });
  }
}
