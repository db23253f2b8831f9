// SPDX-License-Identifier: Apache-2.0

package io.leftfold.verification.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.NotAuthorizedException;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.StreamMetadata;
import io.leftfold.api.StreamMetadata.Acl;
import io.leftfold.api.StreamName;
import io.leftfold.api.SubscribeOptions;
import io.leftfold.api.SubscriptionMessage;
import io.leftfold.client.ConnectionString;
import io.leftfold.client.RemoteEventStore;
import io.leftfold.client.RemoteUsers;
import io.leftfold.protocol.messages.users.ChangePasswordReq;
import io.leftfold.protocol.messages.users.CreateReq;
import io.leftfold.protocol.messages.users.DeleteReq;
import io.leftfold.protocol.messages.users.DetailsReq;
import io.leftfold.protocol.messages.users.UsersGrpc;
import io.leftfold.verification.running.TestServer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// Users and rights through the network. The tests share the server, and use users and streams of
/// their own.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class UsersWireTest {

  private static final StreamName AUDIT = StreamName.of("$audit");

  private final TestServer server = TestServer.withUsers();
  private final Wire wire = Wire.to(server);
  private final RemoteUsers admin = users("admin", "changeit");

  @BeforeAll
  void makeUsers() {
    admin.create("jo", "jos", "Jo", List.of("sales"));
  }

  @AfterAll
  void close() {
    admin.close();
    wire.close();
    server.close();
  }

  private RemoteUsers users(String user, String password) {
    return RemoteUsers.connect(ConnectionString.parse(server.connectionString(user, password)));
  }

  private RemoteEventStore store(String user, String password) {
    return RemoteEventStore.connect(server.connectionString(user, password));
  }

  private UsersGrpc.UsersBlockingStub stub(String authorization) {
    var headers = new Metadata();
    headers.put(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), authorization);
    return UsersGrpc.newBlockingStub(wire.channel())
        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
  }

  private static String basic(String user, String password) {
    return "Basic " + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(UTF_8));
  }

  private static void refused(
      Status.Code code,
      String text,
      String exception,
      org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    var refusal = catchThrowableOfType(StatusRuntimeException.class, call);
    assertThat(refusal.getStatus().getCode()).isEqualTo(code);
    assertThat(refusal.getStatus().getDescription()).isEqualTo(text);
    assertThat(
            Objects.requireNonNull(refusal.getTrailers())
                .get(Metadata.Key.of("exception", Metadata.ASCII_STRING_MARSHALLER)))
        .isEqualTo(exception);
  }

  private static CreateReq create(String user, String password) {
    return CreateReq.newBuilder()
        .setOptions(CreateReq.Options.newBuilder().setLoginName(user).setPassword(password))
        .build();
  }

  private static DetailsReq details(String user) {
    return DetailsReq.newBuilder()
        .setOptions(DetailsReq.Options.newBuilder().setLoginName(user))
        .build();
  }

  private String audit() {
    return server.store().read(AUDIT, ReadOptions.forwards()).events().stream()
        .map(event -> event.dataAsText())
        .collect(Collectors.joining("\n"));
  }

  @Test
  void errors_are_as_clients_of_kurrentdb_know_them() {
    var users = stub(basic("admin", "changeit"));

    refused(
        Status.Code.NOT_FOUND,
        "User 'never' is not found.",
        "user-not-found",
        () -> users.details(details("never")).next());
    refused(
        Status.Code.FAILED_PRECONDITION,
        "Conflict.",
        "user-conflict",
        () -> users.create(create("jo", "another")));
    assertThat(users.create(create("jo", "jos"))).isNotNull();
    refused(
        Status.Code.PERMISSION_DENIED,
        "Access Denied",
        "access-denied",
        () -> stub(basic("jo", "jos")).create(create("x", "y")));
    refused(
        Status.Code.PERMISSION_DENIED,
        "Access Denied",
        "access-denied",
        () ->
            stub(basic("jo", "jos"))
                .changePassword(
                    ChangePasswordReq.newBuilder()
                        .setOptions(
                            ChangePasswordReq.Options.newBuilder()
                                .setLoginName("jo")
                                .setCurrentPassword("wrong")
                                .setNewPassword("new"))
                        .build()));
  }

  @Test
  void oneself_is_all_that_others_see() {
    var jo = stub(basic("jo", "jos"));

    var details = jo.details(details("jo")).next().getUserDetails();
    assertThat(details.getGroupsList()).containsExactly("sales");
    assertThat(details.getLastUpdated().getTicksSinceEpoch())
        .isCloseTo(
            System.currentTimeMillis() * 10_000, org.assertj.core.data.Offset.offset(600_000_000L));
    refused(
        Status.Code.PERMISSION_DENIED,
        "Access Denied",
        "access-denied",
        () -> jo.details(details("admin")).next());
    refused(
        Status.Code.PERMISSION_DENIED,
        "Access Denied",
        "access-denied",
        () -> jo.details(DetailsReq.getDefaultInstance()).next());
    refused(
        Status.Code.PERMISSION_DENIED,
        "Access Denied",
        "access-denied",
        () ->
            UsersGrpc.newBlockingStub(wire.channel())
                .delete(
                    DeleteReq.newBuilder()
                        .setOptions(DeleteReq.Options.newBuilder().setLoginName("jo"))
                        .build()));
  }

  @Test
  void a_user_lives_and_ends() {
    admin.create("lea", "first", "Lea", List.of("a"));
    admin.update("lea", "Lea L", List.of("b", "c"));
    assertThat(admin.user("lea").groups()).containsExactly("b", "c");
    assertThat(admin.user("lea").fullName()).isEqualTo("Lea L");
    try (var lea = users("lea", "first")) {
      lea.changePassword("lea", "first", "second");
      assertThatThrownBy(() -> lea.user("lea"))
          .isInstanceOf(NotAuthorizedException.class)
          .hasMessageContaining("wrong");
    }
    try (var lea = users("lea", "second")) {
      assertThat(lea.user("lea").name()).isEqualTo("lea");
      admin.disable("lea");
      assertThat(admin.user("lea").disabled()).isTrue();
      assertThatThrownBy(() -> lea.user("lea")).isInstanceOf(NotAuthorizedException.class);
      admin.enable("lea");
      assertThat(lea.user("lea").name()).isEqualTo("lea");
      admin.delete("lea");
      assertThatThrownBy(() -> lea.user("lea")).isInstanceOf(NotAuthorizedException.class);
    }
    assertThat(admin.all()).extracting(RemoteUsers.User::name).doesNotContain("lea");
    assertThat(audit())
        .contains("\"subject\":\"lea\"", "create user", "disable user", "change password")
        .doesNotContain("first", "second");
  }

  private static HttpResponse<String> post(TestServer server, String authorization)
      throws Exception {
    try (var http = HttpClient.newHttpClient()) {
      return http.send(
          HttpRequest.newBuilder(
                  URI.create("http://127.0.0.1:%d/auth/token".formatted(server.port())))
              .header("authorization", authorization)
              .POST(HttpRequest.BodyPublishers.noBody())
              .build(),
          HttpResponse.BodyHandlers.ofString());
    }
  }

  private static String token(String json) {
    return json.replaceAll(".*\"token\"\\s*:\\s*\"([^\"]+)\".*", "$1");
  }

  @Test
  void a_token_stands_for_a_password() throws Exception {
    var answer = post(server, basic("jo", "jos"));
    assertThat(answer.statusCode()).isEqualTo(200);
    var token = "Bearer " + token(answer.body());

    assertThat(stub(token).details(details("jo")).next().getUserDetails().getLoginName())
        .isEqualTo("jo");
    assertThat(post(server, token).statusCode()).isEqualTo(401);
    assertThat(post(server, basic("jo", "wrong")).statusCode()).isEqualTo(401);
    assertThatThrownBy(() -> stub(token + "x").details(details("jo")).next())
        .isInstanceOf(StatusRuntimeException.class)
        .hasMessage("UNAUTHENTICATED: Unauthenticated");
    assertThat(audit()).contains("issue token").doesNotContain(token.substring(8));
  }

  @Test
  void a_token_ends_with_the_user() {
    admin.create("kim", "kims", "Kim", List.of());
    try (var kim = users("kim", "kims")) {
      var token = "Bearer " + kim.token(Duration.ofMinutes(5)).text();
      assertThat(stub(token).details(details("kim")).hasNext()).isTrue();
      admin.disable("kim");
      assertThatThrownBy(() -> stub(token).details(details("kim")).hasNext())
          .hasMessage("UNAUTHENTICATED: Unauthenticated");
    }
  }

  private void list(String stream, Map<Acl.Action, List<String>> actions) {
    try (var store = store("admin", "changeit")) {
      store.writeMetadata(
          StreamName.of(stream),
          ExpectedState.any(),
          StreamMetadata.none().withAcl(new Acl(actions)));
    }
  }

  @Test
  void an_administrator_is_told_why() {
    list("explained-1", Map.of(Acl.Action.READ, List.of("accounting")));

    var denied = admin.explain("jo", Acl.Action.READ, StreamName.of("explained-1"));
    assertThat(denied.granted()).isFalse();
    assertThat(denied.sentence())
        .isEqualTo(
            "jo may not read explained-1: the metadata of the stream names who may ($r: [accounting]); jo is in sales");
    assertThat(admin.explain("jo", Acl.Action.WRITE, StreamName.of("explained-1")).granted())
        .isTrue();
    assertThat(admin.explain("", Acl.Action.WRITE, StreamName.of("explained-1")).granted())
        .isFalse();
    try (var jo = users("jo", "jos")) {
      assertThatThrownBy(() -> jo.explain("jo", Acl.Action.READ, StreamName.of("explained-1")))
          .isInstanceOf(NotAuthorizedException.class);
    }
    assertThat(audit()).contains("\"subject\":\"explained-1\"", "change rights", "explain access");
  }

  @Test
  void our_own_protocol_says_which_right_is_missing() {
    list("told-1", Map.of(Acl.Action.READ, List.of("accounting")));
    try (var jo = store("jo", "jos")) {
      assertThatThrownBy(() -> jo.read(StreamName.of("told-1"), ReadOptions.forwards()).close())
          .isInstanceOf(NotAuthorizedException.class)
          .hasMessage("jo may not read told-1: the metadata of the stream names who may");
    }
  }

  @Test
  void a_link_to_what_may_not_be_read_comes_without_its_event() {
    var store = server.store();
    var event = ProposedEvent.json("Happened", "{}");
    store.append(StreamName.of("hidden-1"), ExpectedState.any(), event);
    store.append(
        StreamName.of("shown-1"), ExpectedState.any(), ProposedEvent.json("Happened", "{}"));
    store.append(
        StreamName.of("links"),
        ExpectedState.any(),
        ProposedEvent.link(StreamName.of("hidden-1"), 0),
        ProposedEvent.link(StreamName.of("shown-1"), 0));
    list("hidden-1", Map.of(Acl.Action.READ, List.of("accounting")));

    try (var jo = store("jo", "jos");
        var boss = store("admin", "changeit")) {
      var links = StreamName.of("links");
      var seen = jo.read(links, ReadOptions.forwards().resolvingLinks()).toList();
      assertThat(seen).hasSize(2);
      assertThat(seen.getFirst().event()).isEmpty();
      assertThat(seen.getFirst().link()).isPresent();
      assertThat(seen.getLast().event()).isPresent();
      assertThat(boss.read(links, ReadOptions.forwards().resolvingLinks()).toList())
          .allSatisfy(link -> assertThat(link.event()).isPresent());
    }
  }

  @Test
  void a_subscription_ends_when_the_right_to_it_does() throws InterruptedException {
    var stream = StreamName.of("followed-1");
    server.store().append(stream, ExpectedState.any(), ProposedEvent.json("Happened", "{}"));
    try (var jo = store("jo", "jos");
        var subscription = jo.subscribe(stream, SubscribeOptions.fromBeginning())) {
      assertThat(subscription.next()).isInstanceOf(SubscriptionMessage.Event.class);
      assertThat(subscription.next()).isInstanceOf(SubscriptionMessage.CaughtUp.class);

      list("followed-1", Map.of(Acl.Action.READ, List.of("accounting")));
      server.store().append(stream, ExpectedState.any(), ProposedEvent.json("Secret", "{}"));

      assertThatThrownBy(subscription::next).isInstanceOf(NotAuthorizedException.class);
    }
  }

  @Test
  void operations_are_recorded_and_for_operators() {
    try (var jo = store("jo", "jos");
        var ops = store("ops", "changeit")) {
      assertThatThrownBy(jo::startScavenge).isInstanceOf(NotAuthorizedException.class);
      assertThat(ops.startScavenge()).isNotEmpty();
    }
    assertThat(audit()).contains("\"who\":\"ops\",\"action\":\"scavenge\"");
  }

  @Test
  void the_node_says_that_it_knows_users() throws Exception {
    try (var http = HttpClient.newHttpClient()) {
      var info =
          http.send(
              HttpRequest.newBuilder(
                      URI.create("http://127.0.0.1:%d/info".formatted(server.port())))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      assertThat(info.body()).contains("\"userManagement\":true").contains("\"type\":\"basic\"");
    }
  }

  @Test
  void a_server_without_users_takes_any_credentials_and_has_no_such_service() throws Exception {
    try (var insecure = TestServer.inMemory();
        var store = RemoteEventStore.connect(insecure.connectionString("who", "ever"));
        var users =
            RemoteUsers.connect(ConnectionString.parse(insecure.connectionString("who", "ever")))) {
      store.append(StreamName.of("a"), ExpectedState.any(), ProposedEvent.json("Happened", "{}"));
      assertThatThrownBy(users::all)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("knows no users");
      assertThat(post(insecure, basic("a", "b")).statusCode()).isEqualTo(404);
    }
  }
}
