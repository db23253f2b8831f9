// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.grpc.store;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.MessageLite;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.engine.LocalEventStore;
import io.leftfold.protocol.messages.store.Wire;
import io.leftfold.server.access.Caller;
import io.leftfold.server.edge.GrpcListener;
import io.leftfold.server.edge.GrpcStatus;
import io.leftfold.server.node.Node;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class StoreServiceTest {

  private static final StreamName ACCOUNT = StreamName.of("account-1");
  private static final Wire.Nothing NOTHING = Wire.Nothing.getDefaultInstance();

  private final LocalEventStore store = LocalEventStore.inMemory();
  private final List<Thread> threads = new CopyOnWriteArrayList<>();
  private final StoreService service =
      new StoreService(
          work -> {
            var thread = Thread.ofVirtual().unstarted(work);
            threads.add(thread);
            return thread;
          },
          1 << 20);

  @AfterEach
  void closeStore() {
    store.close();
  }

  @Test
  void a_read_sends_nothing_more_until_there_is_room() throws Exception {
    append(2000);
    var call = new ScriptedCall("/leftfold.v1.Store/Read");
    call.room(false);
    ask(call, readAccount());

    call.awaitSent(1);
    call.settle();
    assertThat(call.sent()).as("the state alone").hasSize(1);

    call.makeRoomOnce();
    call.awaitSent(2);
    call.settle();
    assertThat(call.sent()).as("and one batch").hasSize(2);

    call.room(true);
    assertThat(call.awaitEnd()).isEqualTo(GrpcStatus.OK);
    assertThat(eventsOf(call)).isEqualTo(2000);
    joinAll();
  }

  @Test
  void a_subscription_sends_nothing_more_until_there_is_room() throws Exception {
    append(2000);
    var call = new ScriptedCall("/leftfold.v1.Store/Subscribe");
    call.room(false);
    var listener =
        ask(
            call,
            Wire.SubscribeRequest.newBuilder()
                .setStream(ACCOUNT.value())
                .setBeginning(NOTHING)
                .build());

    call.awaitSent(1);
    call.settle();
    assertThat(call.sent()).as("that it is open").hasSize(1);

    call.makeRoomOnce();
    call.awaitSent(2);
    call.settle();
    assertThat(call.sent()).as("and one batch").hasSize(2);
    call.onLoop(listener::cancelled);
    joinAll();
  }

  @Test
  void a_cancelled_call_leaves_no_thread_behind() throws Exception {
    append(2000);
    var reading = new ScriptedCall("/leftfold.v1.Store/Read");
    reading.room(false);
    var reader = ask(reading, readAccount());
    var following = new ScriptedCall("/leftfold.v1.Store/Subscribe");
    var follower =
        ask(
            following,
            Wire.SubscribeRequest.newBuilder()
                .setAll(Wire.All.getDefaultInstance())
                .setEnd(NOTHING)
                .build());
    reading.awaitSent(1);
    following.awaitSent(2);

    reading.onLoop(reader::cancelled);
    following.onLoop(follower::cancelled);

    joinAll();
    assertThat(threads).hasSize(2);
  }

  @Test
  void what_is_no_request_is_an_invalid_argument() throws Exception {
    for (var method : service.handlers().keySet()) {
      var garbage = new ScriptedCall(method);
      askBytes(garbage, List.of(new byte[] {(byte) 0xff, 1, 2}));
      assertThat(garbage.awaitEnd()).as(method).isEqualTo(GrpcStatus.INVALID_ARGUMENT);

      var nothing = new ScriptedCall(method);
      askBytes(nothing, List.of());
      assertThat(nothing.awaitEnd()).as(method).isEqualTo(GrpcStatus.INVALID_ARGUMENT);
      assertThat(nothing.message()).contains("got none");

      var twice = new ScriptedCall(method);
      askBytes(twice, List.of(new byte[0], new byte[0]));
      assertThat(twice.awaitEnd()).as(method).isEqualTo(GrpcStatus.INVALID_ARGUMENT);
      assertThat(twice.message()).contains("got another one");
    }
  }

  @Test
  void a_request_that_leaves_out_what_it_must_say_is_an_invalid_argument() throws Exception {
    var needy =
        service.handlers().keySet().stream()
            .filter(method -> !method.matches(".*/(ListStreams|LastPosition|Stats)"))
            .toList();
    assertThat(needy).hasSize(11);
    for (var method : needy) {
      var call = new ScriptedCall(method);
      askBytes(call, List.of(new byte[0]));
      assertThat(call.awaitEnd()).as(method).isEqualTo(GrpcStatus.INVALID_ARGUMENT);
    }
  }

  @Test
  void an_append_says_how_large_it_may_be_and_is_refused_by_its_size() throws Exception {
    var call = new ScriptedCall("/leftfold.v1.Store/Append");
    var listener = open(call);
    assertThat(call.messageBytesMax()).isEqualTo(2 << 20);

    call.onLoop(() -> listener.oversized(3 << 20));

    assertThat(call.awaitEnd()).isEqualTo(GrpcStatus.INVALID_ARGUMENT);
    assertThat(call.trailer("exception")).contains("maximum-append-size-exceeded");
  }

  @Test
  void an_append_of_very_many_events_is_refused_before_they_are_made() throws Exception {
    var events =
        Wire.StreamAppend.newBuilder()
            .addAllEvents(Collections.nCopies(65_537, Wire.ProposedEvent.getDefaultInstance()));
    var call = new ScriptedCall("/leftfold.v1.Store/Append");
    ask(call, Wire.AppendRequest.newBuilder().addAppends(events).build());

    assertThat(call.awaitEnd()).isEqualTo(GrpcStatus.INVALID_ARGUMENT);
    assertThat(call.message()).contains("at most 65536 events");
    assertThat(call.trailer("exception")).contains("maximum-append-size-exceeded");
    assertThat(call.trailer("maximum-append-size")).contains(Integer.toString(1 << 20));
  }

  @Test
  void an_append_of_very_many_tags_is_refused_before_they_are_made() throws Exception {
    var event = Wire.ProposedEvent.newBuilder().addAllTags(Collections.nCopies(100_000, ""));
    var call = new ScriptedCall("/leftfold.v1.Store/Append");
    ask(
        call,
        Wire.AppendRequest.newBuilder()
            .addAppends(Wire.StreamAppend.newBuilder().addEvents(event))
            .build());

    assertThat(call.awaitEnd()).isEqualTo(GrpcStatus.INVALID_ARGUMENT);
    assertThat(call.message()).contains("and this one has more");
  }

  @Test
  void a_server_that_shuts_down_tells_those_who_follow() throws Exception {
    var call = new ScriptedCall("/leftfold.v1.Store/Subscribe");
    var listener =
        ask(
            call,
            Wire.SubscribeRequest.newBuilder()
                .setAll(Wire.All.getDefaultInstance())
                .setEnd(NOTHING)
                .build());
    call.awaitSent(2);

    call.onLoop(listener::shuttingDown);

    assertThat(call.awaitEnd()).isEqualTo(GrpcStatus.UNAVAILABLE);
    assertThat(call.message()).contains("connect again");
    joinAll();
  }

  private void append(int events) {
    store.append(
        ACCOUNT,
        ExpectedState.any(),
        IntStream.range(0, events).mapToObj(_ -> ProposedEvent.json("A", "{}")).toList());
  }

  private static Wire.ReadRequest readAccount() {
    return Wire.ReadRequest.newBuilder().setStream(ACCOUNT.value()).build();
  }

  private static int eventsOf(ScriptedCall call) throws Exception {
    var events = 0;
    for (var bytes : call.sent()) {
      events += Wire.ReadResponse.parseFrom(bytes).getEvents().getEventsCount();
    }
    return events;
  }

  private GrpcListener ask(ScriptedCall call, MessageLite request) throws Exception {
    return askBytes(call, List.of(request.toByteArray()));
  }

  private GrpcListener askBytes(ScriptedCall call, List<byte[]> messages) throws Exception {
    var listener = open(call);
    for (var message : messages) {
      call.onLoop(() -> {
        if (!call.ended()) {
          listener.message(message, 0, message.length);
        }
      });
    }
    call.onLoop(() -> {
      if (!call.ended()) {
        listener.halfClosed();
      }
    });
    return listener;
  }

  private GrpcListener open(ScriptedCall call) throws Exception {
    var opened = new ArrayList<GrpcListener>();
    var handler =
        Objects.requireNonNull(service.handlers().get(call.path()), "no handler for the method");
    call.onLoop(() -> opened.add(handler.open(call, new Node(store).as(Caller.trusted()))));
    return opened.getFirst();
  }

  private void joinAll() throws InterruptedException {
    for (var thread : threads) {
      thread.join();
    }
  }
}
