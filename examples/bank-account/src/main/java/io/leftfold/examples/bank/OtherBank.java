// SPDX-License-Identifier: Apache-2.0

package io.leftfold.examples.bank;

import io.leftfold.examples.bank.Payments.Instruct;
import io.leftfold.toolkit.CommandId;
import io.leftfold.toolkit.process.CommandTarget;
import io.leftfold.toolkit.process.Settlement;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import tools.jackson.databind.json.JsonMapper;

/// The other bank, over HTTP. It is told of a payment until it has answered, each time with the
/// same idempotency key; it confirms, or not, by a request of its own.
final class OtherBank implements CommandTarget<Instruct> {

  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final HttpClient client;
  private final URI address;

  OtherBank(HttpClient client, URI address) {
    this.client = client;
    this.address = address;
  }

  /// For trying things out: takes note of everything, and leaves confirming to you.
  static CommandTarget<Instruct> imagined() {
    return (_, _) -> new Settlement.Accepted("noted");
  }

  @Override
  public Settlement handle(CommandId id, Instruct instruction)
      throws IOException, InterruptedException {
    var body = JsonMapper.shared().writeValueAsString(instruction);
    var request =
        HttpRequest.newBuilder(address)
            .timeout(PATIENCE)
            .header("Content-Type", "application/json")
            .header("Idempotency-Key", id.value())
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    var response = client.send(request, HttpResponse.BodyHandlers.ofString());
    return switch (response.statusCode()) {
      case 200, 201, 202 -> new Settlement.Accepted(response.body());
      case 400, 404, 409, 422 -> new Settlement.Rejected(response.body());
      default ->
          throw new IOException(
              "The other bank at %s answered %d".formatted(address, response.statusCode()));
    };
  }
}
