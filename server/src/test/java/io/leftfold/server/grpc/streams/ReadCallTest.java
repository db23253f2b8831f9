// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.grpc.streams;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.leftfold.api.ContentType;
import io.leftfold.api.EventRead;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.ResolvedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.engine.LocalEventStore;
import io.leftfold.projections.ProjectionRuntime;
import io.leftfold.protocol.messages.shared.Empty;
import io.leftfold.protocol.messages.shared.StreamIdentifier;
import io.leftfold.protocol.messages.streams.ReadReq;
import io.leftfold.server.access.Caller;
import io.leftfold.server.edge.GrpcStatus;
import io.leftfold.server.indexes.IndexLimits;
import io.leftfold.server.indexes.UserIndexes;
import io.leftfold.server.node.MeasuredRead;
import io.leftfold.server.node.Measures;
import io.leftfold.server.node.Node;
import java.time.Clock;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
final class ReadCallTest {

  private static final StreamName ACCOUNT = StreamName.of("account-1");

  private final LocalEventStore store = LocalEventStore.inMemory();
  private final LoopedCall call = new LoopedCall();
  private final AtomicInteger threads = new AtomicInteger();

  @AfterEach
  void closeStore() {
    store.close();
  }

  @Test
  void a_filtered_read_takes_a_thread_for_many_events() throws Exception {
    append(1_000, 2);
    ask(filtered("account-"));
    call.runUntil(call::ended);

    assertThat(call.end()).isEqualTo(GrpcStatus.OK);
    assertThat(call.sent()).hasSize(1_000);
    assertThat(threads.get()).isBetween(1, 10);
  }

  @Test
  void a_filtered_read_takes_no_more_than_a_slice_for_one_who_takes_nothing() throws Exception {
    append(20, 50_000);
    call.room(1);
    ask(filtered("account-"));
    call.runUntil(() -> call.sent().size() == 2);
    call.room(1);
    call.runUntil(() -> call.sent().size() == 4);
    assertThat(threads.get()).isEqualTo(2);

    call.room(Long.MAX_VALUE);
    call.runUntil(call::ended);
    assertThat(call.sent()).hasSize(20);
  }

  @Test
  void a_subscriber_that_takes_nothing_is_sent_one_large_event() throws Exception {
    append(5, 500_000);
    call.room(1);
    var reading = ask(subscription());
    assertThat(call.sent()).as("the confirmation").hasSize(1);
    call.room(1);
    assertThat(call.sent()).as("and an event").hasSize(2);

    call.room(600_000);
    assertThat(call.sent()).as("and one more, that fills a turn").hasSize(3);
    reading.cancelled();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void an_error_that_is_no_exception_ends_a_read_too(boolean searches) throws Exception {
    var read = new FailingRead();
    var measured = MeasuredRead.ofAll(Measures.none(), () -> read);
    new Reading(call, this::thread, ReadRequest.of(filtered("a")), measured, 10, searches).begin();
    call.runUntil(call::ended);

    assertThat(call.end()).isEqualTo(GrpcStatus.UNKNOWN);
    assertThat(call.message()).isEqualTo("Exception was thrown by handler.");
    assertThat(read.closed).isTrue();
  }

  /// A read that overflows the stack.
  private static final class FailingRead implements EventRead {
    private boolean closed;

    @Override
    public Iterator<ResolvedEvent> iterator() {
      return new Iterator<>() {
        @Override
        public boolean hasNext() {
          throw new StackOverflowError();
        }

        @Override
        public ResolvedEvent next() {
          throw new NoSuchElementException();
        }
      };
    }

    @Override
    public void close() {
      closed = true;
    }
  }

  private void append(int events, int bytes) {
    for (var i = 0; i < events; i++) {
      store.append(
          ACCOUNT,
          ExpectedState.any(),
          new ProposedEvent(
              UUID.randomUUID(), "A", ContentType.BINARY, new byte[bytes], new byte[0], List.of()));
    }
  }

  private Thread thread(Runnable work) {
    threads.incrementAndGet();
    return Thread.ofVirtual().unstarted(work);
  }

  private ReadCall ask(ReadReq request) {
    var read =
        new ReadCall(
            call,
            new Node(store).as(Caller.trusted()),
            new UserIndexes(
                store,
                ProjectionRuntime::open,
                IndexLimits.DEFAULT,
                Clock.systemUTC(),
                Thread.ofPlatform().factory()),
            Clock.systemUTC(),
            () -> new UUID(1, 2),
            this::thread);
    var bytes = request.toByteArray();
    read.message(bytes, 0, bytes.length);
    return read;
  }

  private static ReadReq filtered(String prefix) {
    return ReadReq.newBuilder()
        .setOptions(
            options()
                .setAll(
                    ReadReq.Options.AllOptions.newBuilder().setStart(Empty.getDefaultInstance()))
                .setCount(1_000_000)
                .setFilter(
                    ReadReq.Options.FilterOptions.newBuilder()
                        .setStreamIdentifier(
                            ReadReq.Options.FilterOptions.Expression.newBuilder().addPrefix(prefix))
                        .setMax(32)
                        .setCheckpointIntervalMultiplier(1)))
        .build();
  }

  private static ReadReq subscription() {
    return ReadReq.newBuilder()
        .setOptions(
            options()
                .setStream(
                    ReadReq.Options.StreamOptions.newBuilder()
                        .setStreamIdentifier(
                            StreamIdentifier.newBuilder()
                                .setStreamName(ByteString.copyFromUtf8(ACCOUNT.value())))
                        .setStart(Empty.getDefaultInstance()))
                .setSubscription(ReadReq.Options.SubscriptionOptions.getDefaultInstance())
                .setNoFilter(Empty.getDefaultInstance()))
        .build();
  }

  private static ReadReq.Options.Builder options() {
    return ReadReq.Options.newBuilder()
        .setUuidOption(
            ReadReq.Options.UUIDOption.newBuilder().setString(Empty.getDefaultInstance()));
  }
}
