// SPDX-License-Identifier: Apache-2.0

package io.leftfold.verification.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.kurrent.dbclient.EventData;
import io.kurrent.dbclient.KurrentDBClient;
import io.kurrent.dbclient.KurrentDBConnectionString;
import io.kurrent.dbclient.ReadStreamOptions;
import io.leftfold.verification.running.Await;
import io.leftfold.verification.running.TestServer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class KurrentClientTest {

  @Test
  void smoke(@TempDir Path directory) {
    try (var server = TestServer.on(directory)) {
      var client =
          KurrentDBClient.create(
              KurrentDBConnectionString.parseOrThrow(server.connectionString()));
      var written =
          Await.result(
              client.appendToStream(
                  "account-1",
                  EventData.builderAsJson("Opened", "{}".getBytes(StandardCharsets.UTF_8))
                      .build()));
      assertThat(written.getNextExpectedRevision().toRawLong()).isEqualTo(0);
      var read = Await.result(client.readStream("account-1", ReadStreamOptions.get()));
      assertThat(read.getEvents()).hasSize(1);
      Await.result(client.shutdown());
    }
  }
}
