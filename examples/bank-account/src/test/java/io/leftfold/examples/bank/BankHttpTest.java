// SPDX-License-Identifier: Apache-2.0

package io.leftfold.examples.bank;

import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.examples.bank.Requests.Answer;
import io.leftfold.testkit.ManualClock;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// The bank over HTTP, started as somebody starts it, on the engine in a directory.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class BankHttpTest {

  @TempDir
  @SuppressWarnings("NullAway.Init")
  static Path directory;

  private final HttpClient client = HttpClient.newHttpClient();

  @SuppressWarnings("NullAway.Init")
  private Main.Open open;

  @BeforeAll
  void open() {
    open = start();
  }

  private static Main.Open start() {
    return Main.open(TestBank.arguments(directory), new ManualClock(TestBank.START));
  }

  @AfterAll
  void close() {
    open.close();
  }

  // ---- words to speak about it

  private Requests bank() {
    return new Requests(client, open.port());
  }

  private HttpRequest.Builder at(String path) {
    return bank().at(path);
  }

  private Answer send(HttpRequest.Builder request) {
    return bank().send(request);
  }

  private Answer post(String path, String json) {
    return bank().send("POST", path, json);
  }

  private Answer put(String path, String json) {
    return bank().send("PUT", path, json);
  }

  private Answer get(String path) {
    return send(at(path));
  }

  /// An account with a name and an IBAN that nobody has, and so much money.
  private String account(String prefix, long cents) {
    var name = prefix + "-" + UUID.randomUUID().toString().substring(0, 8);
    done(
        post(
            "/accounts",
            "{\"account\":\"%s\",\"iban\":\"%s\",\"owner\":\"%s\"}"
                .formatted(name, anyIban(), prefix)));
    if (cents > 0) {
      done(post("/accounts/%s/deposits".formatted(name), deposit(cents)));
    }
    return name;
  }

  /// One that counts at once.
  private static String deposit(long cents) {
    return "{\"cents\":%d,\"valueDate\":\"2026-07-01\"}".formatted(cents);
  }

  /// Made valid by its check digits.
  private static Iban anyIban() {
    var digits = "%018d".formatted(UUID.randomUUID().getMostSignificantBits() >>> 8);
    for (var check = 2; ; check++) {
      try {
        return new Iban("DE%02d%s".formatted(check, digits));
      } catch (IllegalArgumentException _) {
        // The next check digits.
      }
    }
  }

  private static Answer done(Answer answer) {
    assertThat(answer.status()).as("%s", answer).isEqualTo(200);
    assertThat(answer.type()).isEqualTo("application/json");
    return answer;
  }

  private static void isProblem(Answer answer, int status, String title, String detail) {
    assertThat(answer.status()).as("%s", answer).isEqualTo(status);
    assertThat(answer.type()).isEqualTo("application/problem+json");
    assertThat(answer.number("status")).isEqualTo(status);
    assertThat(answer.text("title")).isEqualTo(title);
    assertThat(answer.text("detail")).isEqualTo(detail);
  }

  private long balance(String account) {
    return get("/accounts/" + account).number("balance");
  }

  // ---- what is wanted, and asked

  @Test
  void money_comes_in_moves_and_goes_out() {
    var alice = account("alice", 5_000);
    var bob = account("bob", 0);

    done(
        post(
            "/accounts/%s/transfers".formatted(alice),
            "{\"to\":\"%s\",\"cents\":3000,\"text\":\"lunch\"}".formatted(bob)));
    done(post("/accounts/%s/withdrawals".formatted(bob), "{\"cents\":1000}"));
    done(
        post("/accounts/%s/deposits".formatted(bob), "{\"cents\":7,\"valueDate\":\"2026-07-20\"}"));
    done(put("/accounts/%s/credit-line".formatted(bob), "{\"cents\":10000}"));

    assertThat(balance(alice)).isEqualTo(2_000);
    var now = done(get("/accounts/" + bob));
    assertThat(now.number("balance")).isEqualTo(2_007);
    assertThat(now.number("available")).isEqualTo(12_000);
    assertThat(now.number("creditLine")).isEqualTo(10_000);
    assertThat(now.text("owner")).isEqualTo("bob");
  }

  @Test
  void a_payment_is_set_aside_and_confirmed() {
    var alice = account("alice", 5_000);
    var payments = "/accounts/%s/payments".formatted(alice);

    var payment =
        done(post(payments, "{\"iban\":\"%s\",\"cents\":3000}".formatted(TestBank.IBANS.get(2))))
            .text("payment");
    assertThat(done(get(payments + "/" + payment)).text("phase")).isEqualTo("open");
    done(send(at(payments + "/" + payment + "/confirmation").POST(BodyPublishers.noBody())));

    assertThat(done(get(payments + "/" + payment)).text("phase")).isEqualTo("confirmed");
    assertThat(balance(alice)).isEqualTo(2_000);
    isProblem(
        get(payments + "/p9"),
        404,
        "no-such-payment",
        "Account \"%s\" has no payment \"p9\"".formatted(alice));
    isProblem(
        send(at(payments + "/p9/confirmation").POST(BodyPublishers.noBody())),
        404,
        "no-such-payment",
        "Account \"%s\" has no payment \"p9\"".formatted(alice));
  }

  @Test
  void a_mistake_is_corrected_and_the_statement_shows_both_timelines() {
    var alice = account("alice", 0);
    var deposited = done(post("/accounts/%s/deposits".formatted(alice), deposit(50_000)));
    done(
        post(
            "/accounts/%s/corrections".formatted(alice),
            "{\"position\":%d,\"cents\":5000}".formatted(deposited.number("position"))));
    done(
        post(
            "/accounts/%s/deposits".formatted(alice),
            "{\"cents\":7,\"valueDate\":\"2026-07-20\"}"));

    var statement = done(get("/accounts/%s/statement".formatted(alice)));
    assertThat(statement.number("ledger")).isEqualTo(5_007);
    assertThat(statement.number("valued")).isEqualTo(5_000);
    assertThat(statement.text("day")).isEqualTo("2026-07-17");
    assertThat(statement.body().get("entries"))
        .extracting(entry -> entry.get("cents").longValue())
        .containsExactly(50_000L, -50_000L, 5_000L, 7L);
    assertThat(done(get("/accounts/%s/statement?day=2026-07-20".formatted(alice))).number("valued"))
        .isEqualTo(5_007);
    // The engine's clock is not this one; what was recorded, was after 2020 and before 2100.
    for (var then : List.of("2020-01-01", "2020-01-01T14:02:00Z")) {
      assertThat(
              done(get("/accounts/%s/statement?asOf=%s".formatted(alice, then))).number("ledger"))
          .isZero();
    }
    assertThat(
            done(get("/accounts/%s/statement?asOf=2099-12-31".formatted(alice))).number("ledger"))
        .isEqualTo(5_007);
    isProblem(
        post("/accounts/%s/corrections".formatted(alice), "{\"position\":0}"),
        422,
        "not-reversible",
        "At position 0 there is no deposit or withdrawal of account \"%s\" that could be corrected"
            .formatted(alice));
  }

  @Test
  void who_names_the_position_of_what_they_wrote_sees_it_in_the_overview() {
    var alice = account("alice", 0);
    var position =
        done(post(
                "/accounts/%s/deposits".formatted(alice),
                "{\"cents\":7,\"valueDate\":\"2031-01-01\"}"))
            .number("position");

    var accounts = done(get("/accounts?seen=" + position)).body().get("accounts");
    assertThat(accounts)
        .filteredOn(row -> row.get("account").stringValue().equals(alice))
        .extracting(row -> row.get("balance").longValue())
        .containsExactly(7L);
    var ledger = done(get("/ledger?day=2031-01-01&seen=" + position));
    assertThat(ledger.body().get("bookings"))
        .extracting(row -> row.get("position").longValue())
        .containsExactly(position);
  }

  @Test
  void who_owns_an_account_can_be_erased() {
    var zoe = account("zoe", 5_000);
    var owner = "/accounts/%s/owner".formatted(zoe);
    isBad(send(at(owner).DELETE()), "The reason of an erasure has 1 to 140 characters, got 0");
    isProblem(
        send(at("/accounts/nobody/owner?reason=why").DELETE()),
        404,
        "no-such-account",
        "There is no account \"nobody\"");
    var seen = done(post("/accounts/%s/deposits".formatted(zoe), deposit(1)));
    done(get("/accounts?seen=" + seen.number("position")));

    var erased = done(send(at(owner + "?reason=Request%204711").DELETE()));

    assertThat(erased.text("reason")).isEqualTo("Request 4711");
    assertThat(erased.number("events")).isEqualTo(1);
    for (var start = 0; start < 2; start++) {
      assertThat(get("/accounts/" + zoe).body().get("owner").isNull()).isTrue();
      assertThat(get("/accounts").body().get("accounts"))
          .filteredOn(row -> row.get("account").stringValue().equals(zoe))
          .allMatch(row -> row.get("owner").isNull() && row.get("balance").longValue() == 5_001);
      open.close();
      open = start();
    }
    done(post("/accounts/%s/withdrawals".formatted(zoe), "{\"cents\":1}"));
  }

  @Test
  void a_request_with_the_same_key_happens_once() {
    var alice = account("alice", 5_000);
    var bob = account("bob", 5_000);
    var answers = new ArrayList<Answer>();
    for (var account : List.of(alice, alice, bob)) {
      answers.add(
          done(
              send(
                  at("/accounts/%s/payments".formatted(account))
                      .header("Content-Type", "application/json")
                      .header("Idempotency-Key", "k1")
                      .POST(
                          BodyPublishers.ofString(
                              "{\"iban\":\"%s\",\"cents\":1000}"
                                  .formatted(TestBank.IBANS.get(2)))))));
    }

    assertThat(answers.get(1)).isEqualTo(answers.get(0));
    assertThat(balance(alice)).isEqualTo(4_000);
    assertThat(balance(bob)).isEqualTo(4_000);
  }

  private Answer postAs(String key, String path, String json) {
    return send(
        at(path)
            .header("Content-Type", "application/json")
            .header("Idempotency-Key", key)
            .POST(BodyPublishers.ofString(json)));
  }

  /// A request that is given once, and again; and each other one with the same key is refused.
  private void isTheOnlyOneWithItsKey(String path, String one, String... others) {
    var answer = done(postAs("k", path, one));
    assertThat(done(postAs("k", path, one))).isEqualTo(answer);
    for (var other : others) {
      assertThat(other).isNotEqualTo(one);
      isProblem(
          postAs("k", path, other),
          422,
          "key-is-taken",
          "Something else was asked with this key before; what is asked now needs a key of its own");
    }
  }

  @Test
  void a_key_is_for_one_request() {
    var alice = account("alice", 5_000);
    var bob = account("bob", 0);
    var carol = account("carol", 0);
    var path = "/accounts/%s/".formatted(alice);

    var transfer = "{\"to\":\"%s\",\"cents\":1000,\"text\":\"Lunch\"}".formatted(bob);
    isTheOnlyOneWithItsKey(
        path + "transfers",
        transfer,
        transfer.replace("1000", "1001"),
        transfer.replace(bob, carol),
        transfer.replace("Lunch", "Dinner"));
    var deposit = "{\"cents\":700,\"valueDate\":\"2026-07-20\",\"text\":\"Salary\"}";
    isTheOnlyOneWithItsKey(
        path + "deposits",
        deposit,
        deposit.replace("700", "701"),
        deposit.replace("2026-07-20", "2031-01-01"),
        deposit.replace("2026-07-20", "2026-07-17"),
        deposit.replace("Salary", "Bonus"));
    var withdrawal = "{\"cents\":50,\"text\":\"Cash\"}";
    isTheOnlyOneWithItsKey(
        path + "withdrawals",
        withdrawal,
        withdrawal.replace("50", "51"),
        withdrawal.replace("Cash", "Fee"));
    var payment =
        "{\"iban\":\"%s\",\"cents\":600,\"text\":\"Rent\"}".formatted(TestBank.IBANS.get(2));
    isTheOnlyOneWithItsKey(
        path + "payments",
        payment,
        payment.replace("600", "601"),
        payment.replace(TestBank.IBANS.get(2), TestBank.IBANS.get(1)),
        payment.replace("Rent", "Tent"));

    isBad(
        postAs("", path + "transfers", transfer),
        "The header \"Idempotency-Key\" has a key, got none");
    assertThat(balance(alice)).isEqualTo(5_000 - 1_000 + 700 - 50 - 600);
    assertThat(balance(bob)).isEqualTo(1_000);
    assertThat(balance(carol)).isZero();
  }

  @Test
  void a_deposit_says_from_which_day_on_it_counts() {
    isBad(
        post("/accounts/%s/deposits".formatted(account("alice", 0)), "{\"cents\":1}"),
        "The field \"valueDate\" is a text, got none");
  }

  @Test
  void a_mistake_that_two_correct_is_corrected_as_the_first_of_them_said() {
    var alice = account("alice", 0);
    var position =
        done(post("/accounts/%s/deposits".formatted(alice), deposit(50_000))).number("position");
    var corrections = "/accounts/%s/corrections".formatted(alice);
    var first = "{\"position\":%d,\"cents\":5000}".formatted(position);
    var answer = done(post(corrections, first));

    assertThat(done(post(corrections, first))).isEqualTo(answer);
    for (var other :
        List.of(first.replace("5000", "8000"), "{\"position\":%d}".formatted(position))) {
      isProblem(
          post(corrections, other),
          409,
          "already-corrected",
          "What is at position %d of account \"%s\" was corrected before, to something else; correct that"
              .formatted(position, alice));
    }
    assertThat(balance(alice)).isEqualTo(5_000);
  }

  // ---- what goes wrong

  @Test
  void what_is_refused_says_precisely_why() {
    var alice = account("alice", 100);
    var bob = account("bob", 0);
    var iban = get("/accounts/" + alice).text("iban");

    isProblem(get("/accounts/nobody"), 404, "no-such-account", "There is no account \"nobody\"");
    isProblem(
        post("/accounts/%s/withdrawals".formatted(alice), "{\"cents\":101}"),
        422,
        "not-covered",
        "Wanted were 101 cents of account \"%s\", but available are only 100".formatted(alice));
    isProblem(
        post(
            "/accounts",
            "{\"account\":\"%s\",\"iban\":\"%s\",\"owner\":\"Eve\"}".formatted(alice, anyIban())),
        409,
        "account-exists",
        "There is an account \"%s\" already; choose another name".formatted(alice));
    isProblem(
        post(
            "/accounts", "{\"account\":\"eve\",\"iban\":\"%s\",\"owner\":\"Eve\"}".formatted(iban)),
        409,
        "iban-taken",
        "The IBAN %s belongs to another account".formatted(iban));
    done(put("/accounts/%s/credit-line".formatted(bob), "{\"cents\":50}"));
    done(post("/accounts/%s/withdrawals".formatted(bob), "{\"cents\":40}"));
    isProblem(
        put("/accounts/%s/credit-line".formatted(bob), "{\"cents\":39}"),
        422,
        "credit-in-use",
        "The line of credit of account \"%s\" cannot be 39 cents, for 40 are in use"
            .formatted(bob));
  }

  @Test
  void what_makes_no_sense_says_precisely_why() {
    var alice = account("alice", 100);
    var deposits = "/accounts/%s/deposits".formatted(alice);

    isBad(post(deposits, "{}"), "The field \"cents\" is a whole number, got none");
    isBad(post(deposits, "{\"cents\":\"5\"}"), "The field \"cents\" is a whole number, got \"5\"");
    isBad(post(deposits, "{\"cents\":1.5}"), "The field \"cents\" is a whole number, got 1.5");
    isBad(post(deposits, deposit(0)), "An amount is 1 to 10000000000 cents, got 0");
    isBad(
        post(deposits, "{\"cents\":1,\"valueDate\":\"soon\"}"),
        "The field \"valueDate\" is a date such as 2026-07-17, got \"soon\"");
    isBad(
        post(
            "/accounts",
            "{\"account\":\"A!\",\"iban\":\"%s\",\"owner\":\"A\"}".formatted(anyIban())),
        "An account is named by 1 to 40 of a to z, 0 to 9 and \"-\", got \"A!\"");
    isBad(
        post("/accounts", "{\"account\":\"a\",\"iban\":\"DE1\",\"owner\":\"A\"}"),
        "An IBAN is a country, two check digits and up to 30 letters and digits, got \"DE1\"");
    isBad(
        get("/accounts/%s/statement?asOf=lately".formatted(alice)),
        "The parameter \"asOf\" is a date or an instant such as 2026-07-17T14:02:00Z, got \"lately\"");
    isBad(
        get("/ledger?day=lately"),
        "The parameter \"day\" is a date such as 2026-07-17, got \"lately\"");
    isBad(get("/accounts?seen=x"), "The parameter \"seen\" is a position, got \"x\"");
    isProblem(
        post(deposits, "[]"), 400, "not-json", "A body is a JSON object, and this one is not");
    assertThat(post(deposits, "{").text("detail")).startsWith("The body is no JSON: ");
    assertThat(
            post(deposits, "{\"cents\":1,\"cents\":2,\"valueDate\":\"2026-07-01\"}").text("detail"))
        .startsWith("The body is no JSON: Duplicate Object property \"cents\"");
    isProblem(
        send(at(deposits).POST(BodyPublishers.ofString("{\"cents\":1}"))),
        415,
        "not-json",
        "A body is application/json, got none");
    isProblem(
        post(deposits, "{\"cents\":1,\"text\":\"%s\"}".formatted("x".repeat(70_000))),
        413,
        "too-large",
        "A body has at most 65536 bytes; this one has more");
    assertThat(balance(alice)).isEqualTo(100);
  }

  @Test
  void what_can_name_no_account_is_no_fault_of_ours() {
    var alice = account("alice", 100);
    for (var name : List.of("x".repeat(1_100), "Alice", "%F0%9F%92%B0", "-")) {
      for (var path : List.of("credit-line", "deposits", "withdrawals", "transfers", "payments")) {
        var body =
            "{\"cents\":1,\"valueDate\":\"2026-07-01\",\"to\":\"%s\",\"iban\":\"%s\"}"
                .formatted(alice, TestBank.IBANS.get(2));
        var method = path.equals("credit-line") ? "PUT" : "POST";
        isNoName(bank().send(method, "/accounts/%s/%s".formatted(name, path), body));
      }
      isNoName(
          send(
              at("/accounts/%s/payments/p1/confirmation".formatted(name))
                  .POST(BodyPublishers.noBody())));
      assertThat(get("/accounts/" + name).status()).isIn(400, 404);
      assertThat(get("/accounts/%s/statement".formatted(name)).status()).isIn(400, 404);
    }
    for (var to : List.of("x".repeat(1_100), "\\ud800", "")) {
      isNoName(
          post(
              "/accounts/%s/transfers".formatted(alice),
              "{\"to\":\"%s\",\"cents\":1}".formatted(to)));
    }
  }

  private static void isNoName(Answer answer) {
    assertThat(answer.status()).as("%s", answer).isEqualTo(400);
    assertThat(answer.text("detail"))
        .startsWith("An account is named by 1 to 40 of a to z, 0 to 9 and \"-\", got");
  }

  @Test
  void a_number_has_one_iban() {
    for (var number = 0; number < 200; number++) {
      var valid = 0;
      for (var check = 0; check < 100; check++) {
        try {
          var _ = new Iban("DE%02d%018d".formatted(check, number));
          valid++;
        } catch (IllegalArgumentException _) {
          // As most are.
        }
      }
      assertThat(valid).as("of %d", number).isEqualTo(1);
    }
  }

  private static void isBad(Answer answer, String detail) {
    isProblem(answer, 400, "bad-request", detail);
  }

  @Test
  void what_is_not_there_says_where_to_look() {
    isProblem(get("/money"), 404, "not-found", "There is nothing at /money; see /openapi.json");
    isProblem(
        send(at("/accounts").DELETE()),
        405,
        "method-not-allowed",
        "At /accounts there is GET, POST, but no DELETE");
  }

  // ---- the whole

  @Test
  void the_document_describes_every_route_and_no_other() {
    var document = done(get("/openapi.json")).body();
    var described = new HashSet<String>();
    document
        .get("paths")
        .properties()
        .forEach(path ->
            path.getValue()
                .properties()
                .forEach(method ->
                    described.add(
                        "%s %s"
                            .formatted(method.getKey().toUpperCase(Locale.ROOT), path.getKey()))));

    var served = new HashSet<String>();
    Main.routes(open.bank()).forEach(route -> served.add(route.method() + " " + route.path()));
    assertThat(described).isEqualTo(served).hasSize(25);
    assertThat(document.findValuesAsString("$ref"))
        .allSatisfy(reference ->
            assertThat(document.at(reference.substring(1)).isObject()).as(reference).isTrue());
  }

  @Test
  void a_new_start_in_the_same_directory_keeps_everything() {
    var alice = account("alice", 5_000);
    var payment =
        done(post(
                "/accounts/%s/payments".formatted(alice),
                "{\"iban\":\"%s\",\"cents\":1000}".formatted(TestBank.IBANS.get(2))))
            .text("payment");
    var seen = done(post("/accounts/%s/deposits".formatted(alice), deposit(1))).number("position");
    var accounts = get("/accounts?seen=" + seen);

    open.close();
    open = start();

    assertThat(get("/accounts?seen=" + seen)).isEqualTo(accounts);
    assertThat(balance(alice)).isEqualTo(4_001);
    done(
        send(
            at("/accounts/%s/payments/%s/confirmation".formatted(alice, payment))
                .POST(BodyPublishers.noBody())));
    assertThat(balance(alice)).isEqualTo(4_001);
  }
}
