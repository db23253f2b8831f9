// SPDX-License-Identifier: Apache-2.0

package io.leftfold.verification.clients;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.kurrent.dbclient.Acls;
import io.kurrent.dbclient.AppendToStreamOptions;
import io.kurrent.dbclient.EventData;
import io.kurrent.dbclient.EventDataBuilder;
import io.kurrent.dbclient.KurrentDBClient;
import io.kurrent.dbclient.KurrentDBConnectionString;
import io.kurrent.dbclient.ReadAllOptions;
import io.kurrent.dbclient.ReadStreamOptions;
import io.kurrent.dbclient.StreamMetadata;
import io.leftfold.verification.running.Await;
import io.leftfold.verification.running.TestServer;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// The official Java client, with credentials, against a server that knows users.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class KurrentAccessTest {

  @SuppressWarnings("NullAway.Init")
  private TestServer server;

  @SuppressWarnings("NullAway.Init")
  private KurrentDBClient admin;

  @SuppressWarnings("NullAway.Init")
  private KurrentDBClient ops;

  @SuppressWarnings("NullAway.Init")
  private KurrentDBClient nobody;

  @BeforeAll
  void start() {
    server = TestServer.withUsers();
    admin = connect("admin:changeit@");
    ops = connect("ops:changeit@");
    nobody = connect("");
  }

  @AfterAll
  void stop() {
    Await.result(admin.shutdown());
    Await.result(ops.shutdown());
    Await.result(nobody.shutdown());
    server.close();
  }

  private KurrentDBClient connect(String credentials) {
    return KurrentDBClient.create(
        KurrentDBConnectionString.parseOrThrow(
            "kurrentdb://%s127.0.0.1:%d?tls=false".formatted(credentials, server.port())));
  }

  private static EventData event() {
    return EventDataBuilder.json("Happened", "{}".getBytes(UTF_8)).build();
  }

  private static void isDenied(CompletableFuture<?> call) {
    var error = Await.failure(StatusRuntimeException.class, call);
    assertThat(error.getStatus().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
    assertThat(error.getStatus().getDescription()).isEqualTo("Access Denied");
  }

  @Test
  void the_first_users_are_there_with_the_password_that_everybody_knows() {
    Await.result(admin.appendToStream("first-1", AppendToStreamOptions.get(), event()));
    Await.result(ops.appendToStream("first-1", AppendToStreamOptions.get(), event()));

    var read = Await.result(admin.readStream("first-1", ReadStreamOptions.get()));
    assertThat(read.getEvents()).hasSize(2);
    assertThat(Await.result(server.usersWithDefaultPassword())).containsExactly("admin", "ops");
  }

  @Test
  void everything_is_for_administrators_unless_it_says_otherwise() {
    assertThat(Await.result(admin.readAll(ReadAllOptions.get())).getEvents()).isNotEmpty();
    isDenied(ops.readAll(ReadAllOptions.get()));
  }

  @Test
  void whoever_is_not_on_the_list_of_a_stream_is_denied() {
    var acl = Acls.newStreamAcl().addReadRoles("admin").addWriteRoles("admin");
    var metadata = new StreamMetadata();
    metadata.setAcl(acl);
    Await.result(admin.setStreamMetadata("secret-1", metadata));

    isDenied(ops.appendToStream("secret-1", AppendToStreamOptions.get(), event()));
    isDenied(ops.readStream("secret-1", ReadStreamOptions.get()));
    Await.result(admin.appendToStream("secret-1", AppendToStreamOptions.get(), event()));
  }

  @Test
  void whoever_names_no_user_is_denied() {
    isDenied(nobody.appendToStream("anything", AppendToStreamOptions.get(), event()));
    isDenied(nobody.readStream("anything", ReadStreamOptions.get()));
  }

  @Test
  void a_wrong_password_is_not_taken() {
    var client = connect("admin:wrong@");
    var error =
        Await.failure(
            StatusRuntimeException.class, client.readStream("x", ReadStreamOptions.get()));
    assertThat(error.getStatus().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
    assertThat(error.getStatus().getDescription()).isEqualTo("Unauthenticated");
    Await.result(client.shutdown());
  }
}
