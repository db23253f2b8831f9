// SPDX-License-Identifier: Apache-2.0

package io.leftfold.verification.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.api.ReadOptions;
import io.leftfold.api.StreamName;
import io.leftfold.verification.running.TestServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The bank whose events are on a server: the same application, told another place.
final class RemoteBankTest {

  @TempDir
  @SuppressWarnings("NullAway.Init")
  private Path directory;

  /// A bank in a process of its own.
  private record RunningBank(RunningExample example) implements AutoCloseable {

    static RunningBank start(Path directory, int server) throws IOException {
      return new RunningBank(
          RunningExample.start(
              "io.leftfold.examples.bank.Main",
              server,
              "--data",
              directory.resolve("data").toString(),
              "--keys",
              directory.resolve("keys").toString()));
    }

    JsonNode post(String path, String json) {
      return send(
          at(path)
              .header("Content-Type", "application/json")
              .header("Idempotency-Key", UUID.randomUUID().toString())
              .POST(BodyPublishers.ofString(json)));
    }

    JsonNode get(String path) {
      return send(at(path));
    }

    private HttpRequest.Builder at(String path) {
      return HttpRequest.newBuilder(URI.create(example.address() + path));
    }

    private static JsonNode send(HttpRequest.Builder request) {
      var response = RunningExample.send(request);
      assertThat(response.statusCode()).as("%s", response.body()).isEqualTo(200);
      return JsonMapper.shared().readTree(response.body());
    }

    void kill() throws InterruptedException {
      example.kill();
    }

    @Override
    public void close() {
      example.close();
    }
  }

  @Test
  void a_bank_that_is_killed_goes_on_in_another_process() throws Exception {
    try (var server = TestServer.inMemory()) {
      var seen = 0L;
      var payment = "";
      JsonNode accounts;
      try (var bank = RunningBank.start(directory, server.port())) {
        var _ =
            bank.post(
                "/accounts",
                "{\"account\":\"alice\",\"iban\":\"DE89370400440532013000\",\"owner\":\"Alice\"}");
        var _ =
            bank.post(
                "/accounts",
                "{\"account\":\"bob\",\"iban\":\"GB29NWBK60161331926819\",\"owner\":\"Bob\"}");
        var _ =
            bank.post("/accounts/alice/deposits", "{\"cents\":5000,\"valueDate\":\"2026-07-01\"}");
        var _ = bank.post("/accounts/alice/transfers", "{\"to\":\"bob\",\"cents\":2000}");
        var ordered =
            bank.post(
                "/accounts/bob/payments",
                "{\"iban\":\"FR1420041010050500013M02606\",\"cents\":500}");
        payment = ordered.get("payment").stringValue();
        seen = ordered.get("position").longValue();
        accounts = bank.get("/accounts?seen=" + seen);
        bank.kill();
      }

      try (var bank = RunningBank.start(directory, server.port())) {
        assertThat(bank.get("/accounts?seen=" + seen)).isEqualTo(accounts);
        var _ = bank.post("/accounts/bob/payments/%s/confirmation".formatted(payment), "{}");
        assertThat(bank.get("/accounts/alice").get("balance").longValue()).isEqualTo(3_000);
        assertThat(bank.get("/accounts/bob").get("balance").longValue()).isEqualTo(1_500);
      }

      var bobs = server.store().read(StreamName.of("account-bob"), ReadOptions.forwards()).events();
      assertThat(bobs)
          .extracting(event -> event.type())
          .isEqualTo(
              List.of("AccountOpened", "TransferReceived", "PaymentOrdered", "PaymentConfirmed"));
    }
  }
}
