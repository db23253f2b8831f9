// SPDX-License-Identifier: Apache-2.0

package io.leftfold.verification.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.StreamMetadata;
import io.leftfold.api.StreamMetadata.Acl;
import io.leftfold.api.StreamName;
import io.leftfold.client.ConnectionString;
import io.leftfold.client.RemoteUsers;
import io.leftfold.protocol.messages.dcb.Umadb;
import io.leftfold.protocol.messages.dcb.Umadb.ErrorResponse.ErrorType;
import io.leftfold.verification.running.TestServer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/// Who may do what over `umadb.v1.DCB`: the stream `dcb` is for whoever may write it, everything
/// that asks across streams is for those who may read `$dcb`, whether or not they may read `$all`.
@TestInstance(Lifecycle.PER_CLASS)
final class DcbRightsTest {

  private static final Metadata.Key<byte[]> DETAILS =
      Metadata.Key.of("grpc-status-details-bin", Metadata.BINARY_BYTE_MARSHALLER);

  /// What is done, and the letters of those who may: nobody in particular (n), jo (j), dee who was
  /// granted `$dcb` (d), al who was granted `$all` (l), ops (o), admin (A).
  private static final List<String> TABLE =
      List.of(
          "append jdloA",
          "appendOnCondition dA",
          "appendTracking dA",
          "read dA",
          "follow dA",
          "readFollowing dA",
          "head dA",
          "tracking dA");

  private final TestServer server = TestServer.withUsers();
  private final Wire wire = Wire.to(server);
  private final As admin = new As(wire, "admin", "changeit");

  @BeforeAll
  void prepare() {
    try (var users =
        RemoteUsers.connect(ConnectionString.parse(server.connectionString("admin", "changeit")))) {
      for (var name : List.of("jo", "dee", "al")) {
        users.create(name, name + "s", name, List.of());
      }
    }
    grant("$dcb", "dee");
    grant("$all", "al");
    call(admin, "append");
  }

  @AfterAll
  void close() {
    wire.close();
    server.close();
  }

  private void grant(String pseudoStream, String who) {
    server
        .store()
        .writeMetadata(
            StreamName.of(pseudoStream),
            ExpectedState.any(),
            StreamMetadata.none().withAcl(new Acl(Map.of(Acl.Action.READ, List.of(who)))));
  }

  @Test
  void everybody_with_everything_that_can_be_asked() {
    var everybody = new LinkedHashMap<Character, As>();
    everybody.put('n', new As(wire, "", ""));
    everybody.put('j', new As(wire, "jo", "jos"));
    everybody.put('d', new As(wire, "dee", "dees"));
    everybody.put('l', new As(wire, "al", "als"));
    everybody.put('o', new As(wire, "ops", "changeit"));
    everybody.put('A', admin);
    var found = new ArrayList<String>();
    for (var line : TABLE) {
      var what = line.split(" ", 2)[0];
      var may = new StringBuilder();
      everybody.forEach((letter, who) -> {
        if (passes(who, what)) {
          may.append(letter);
        }
      });
      found.add("%s %s".formatted(what, may));
    }
    assertThat(found).isEqualTo(TABLE);
  }

  private static boolean passes(As who, String what) {
    try {
      call(who, what);
      return true;
    } catch (StatusRuntimeException refusal) {
      assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
      assertThat(details(refusal)).isEqualTo(ErrorType.AUTHENTICATION);
      return false;
    }
  }

  private static ErrorType details(StatusRuntimeException refusal) {
    try {
      return Umadb.ErrorResponse.parseFrom(
              Objects.requireNonNull(Objects.requireNonNull(refusal.getTrailers()).get(DETAILS)))
          .getErrorType();
    } catch (com.google.protobuf.InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  /// Asks, and takes the first answer.
  @SuppressWarnings("deprecation") // older clients ask so
  private static void call(As who, String what) {
    var dcb = who.boundaries();
    var nothing = Umadb.Query.newBuilder().addItems(Umadb.QueryItem.newBuilder().addTypes("None"));
    switch (what) {
      case "append" -> dcb.append(appending().build());
      case "appendOnCondition" ->
          dcb.append(
              appending()
                  .setCondition(Umadb.AppendCondition.newBuilder().setFailIfEventsMatch(nothing))
                  .build());
      case "appendTracking" -> dcb.append(appending().setTrackingInfo(tracking(who)).build());
      case "read" -> dcb.read(Umadb.ReadRequest.getDefaultInstance()).next();
      case "follow" -> dcb.subscribe(Umadb.SubscribeRequest.getDefaultInstance()).next();
      case "readFollowing" ->
          dcb.read(Umadb.ReadRequest.newBuilder().setSubscribe(true).build()).next();
      case "head" -> dcb.head(Umadb.HeadRequest.getDefaultInstance());
      case "tracking" ->
          dcb.getTrackingInfo(Umadb.TrackingRequest.newBuilder().setSource("far").build());
      default -> throw new IllegalArgumentException(what);
    }
  }

  /// Of a source of their own.
  private static Umadb.TrackingInfo tracking(As who) {
    return Umadb.TrackingInfo.newBuilder().setSource("of " + who.user()).setPosition(1).build();
  }

  private static Umadb.AppendRequest.Builder appending() {
    return Umadb.AppendRequest.newBuilder()
        .addEvents(
            Umadb.Event.newBuilder().setEventType("A").setData(ByteString.copyFromUtf8("a")));
  }
}
