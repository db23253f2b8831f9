// SPDX-License-Identifier: Apache-2.0

package io.leftfold.verification.wire;

import static io.leftfold.verification.wire.TcpPeer.BAD_REQUEST;
import static io.leftfold.verification.wire.TcpPeer.event;
import static io.leftfold.verification.wire.TcpPeer.stream;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import io.kurrent.dbclient.AppendToStreamOptions;
import io.kurrent.dbclient.EventDataBuilder;
import io.kurrent.dbclient.KurrentDBClient;
import io.kurrent.dbclient.KurrentDBConnectionString;
import io.kurrent.dbclient.ReadStreamOptions;
import io.leftfold.api.ContentType;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.StreamName;
import io.leftfold.engine.LocalEventStore;
import io.leftfold.protocol.messages.tcp.ChangePersistentSubscriptionCompleted;
import io.leftfold.protocol.messages.tcp.ChangePersistentSubscriptionCompleted.ChangeResult;
import io.leftfold.protocol.messages.tcp.CheckpointReached;
import io.leftfold.protocol.messages.tcp.ConnectToPersistentSubscription;
import io.leftfold.protocol.messages.tcp.CreatePersistentSubscriptionCompleted;
import io.leftfold.protocol.messages.tcp.CreatePersistentSubscriptionCompleted.CreateResult;
import io.leftfold.protocol.messages.tcp.DeletePersistentSubscription;
import io.leftfold.protocol.messages.tcp.DeleteStream;
import io.leftfold.protocol.messages.tcp.DeleteStreamCompleted;
import io.leftfold.protocol.messages.tcp.Filter;
import io.leftfold.protocol.messages.tcp.FilteredReadAllEvents;
import io.leftfold.protocol.messages.tcp.FilteredReadAllEventsCompleted;
import io.leftfold.protocol.messages.tcp.FilteredSubscribeToStream;
import io.leftfold.protocol.messages.tcp.IdentifyClient;
import io.leftfold.protocol.messages.tcp.OperationResult;
import io.leftfold.protocol.messages.tcp.PersistentSubscriptionAckEvents;
import io.leftfold.protocol.messages.tcp.PersistentSubscriptionConfirmation;
import io.leftfold.protocol.messages.tcp.PersistentSubscriptionSettings;
import io.leftfold.protocol.messages.tcp.PersistentSubscriptionStreamEventAppeared;
import io.leftfold.protocol.messages.tcp.ReadAllEvents;
import io.leftfold.protocol.messages.tcp.ReadAllEventsCompleted;
import io.leftfold.protocol.messages.tcp.ReadAllResult;
import io.leftfold.protocol.messages.tcp.ReadEvent;
import io.leftfold.protocol.messages.tcp.ReadEventCompleted;
import io.leftfold.protocol.messages.tcp.ReadEventCompleted.ReadEventResult;
import io.leftfold.protocol.messages.tcp.ReadStreamEvents;
import io.leftfold.protocol.messages.tcp.ReadStreamEventsCompleted;
import io.leftfold.protocol.messages.tcp.ReadStreamEventsCompleted.ReadStreamResult;
import io.leftfold.protocol.messages.tcp.ScavengeDatabaseResponse;
import io.leftfold.protocol.messages.tcp.ScavengeDatabaseResponse.ScavengeResult;
import io.leftfold.protocol.messages.tcp.StreamEventAppeared;
import io.leftfold.protocol.messages.tcp.SubscribeToStream;
import io.leftfold.protocol.messages.tcp.SubscriptionConfirmation;
import io.leftfold.protocol.messages.tcp.SubscriptionDropped;
import io.leftfold.protocol.messages.tcp.SubscriptionDropped.SubscriptionDropReason;
import io.leftfold.protocol.messages.tcp.TransactionCommit;
import io.leftfold.protocol.messages.tcp.TransactionCommitCompleted;
import io.leftfold.protocol.messages.tcp.TransactionStart;
import io.leftfold.protocol.messages.tcp.TransactionStartCompleted;
import io.leftfold.protocol.messages.tcp.TransactionWrite;
import io.leftfold.protocol.messages.tcp.TransactionWriteCompleted;
import io.leftfold.protocol.messages.tcp.WriteEvents;
import io.leftfold.protocol.messages.tcp.WriteEventsCompleted;
import io.leftfold.protocol.messages.tcp.WriteEventsMultiStream;
import io.leftfold.protocol.messages.tcp.WriteEventsMultiStreamCompleted;
import io.leftfold.verification.running.Await;
import io.leftfold.verification.running.TestServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Each result of each answer of the old TCP protocol, and what no client of it shows.
final class TcpWireTest {

  private static final int ANY = -2;
  private static final int NO_STREAM = -1;

  private static TestServer server;
  private static TestServer secured;

  @BeforeAll
  static void serve() throws Exception {
    server = TestServer.withTcp(LocalEventStore.inMemory(), TestServer.TCP);
    secured = TestServer.withTcpAndUsers(LocalEventStore.inMemory());
    secured.usersWithDefaultPassword().get();
    try (var peer = new TcpPeer(server.tcpPort())) {
      peer.ask(0x82, write("there", ANY, "one", "two", "three"), 0x83);
      peer.ask(0x82, write("deleted", ANY, "one"), 0x83);
      peer.ask(0x8A, delete("deleted", ANY, false), 0x8B);
      peer.ask(0x82, write("tombstoned", ANY, "one"), 0x83);
      peer.ask(0x8A, delete("tombstoned", ANY, true), 0x8B);
    }
    try (var peer = new TcpPeer(secured.tcpPort())) {
      peer.as("admin", "changeit");
      peer.ask(0x82, write("$secret", ANY, "one"), 0x83);
    }
  }

  @AfterAll
  static void close() {
    server.close();
    secured.close();
  }

  private static WriteEvents write(String stream, long expected, String... texts) {
    var message =
        WriteEvents.newBuilder().setEventStreamId(stream(stream)).setExpectedVersion(expected);
    for (var text : texts) {
      message.addEvents(event(UUID.randomUUID(), "Happened", "{\"text\":\"" + text + "\"}"));
    }
    return message.build();
  }

  private static DeleteStream delete(String stream, long expected, boolean hard) {
    return DeleteStream.newBuilder()
        .setEventStreamId(stream(stream))
        .setExpectedVersion(expected)
        .setHardDelete(hard)
        .build();
  }

  // ---- writes

  @ParameterizedTest
  @CsvSource({
    "new-1, -2, Success, 0",
    "new-2, -1, Success, 0",
    "there, -1, WrongExpectedVersion, 2",
    "there, 7, WrongExpectedVersion, 2",
    "none, -4, WrongExpectedVersion, -1",
    "tombstoned, -2, StreamDeleted, -1"
  })
  void an_append_is_answered_as_the_stream_is(
      String stream, long expected, OperationResult result, long version) throws Exception {
    try (var peer = new TcpPeer(server.tcpPort())) {
      var answer =
          WriteEventsCompleted.parseFrom(peer.ask(0x82, write(stream, expected, "x"), 0x83));

      assertThat(answer.getResult()).isEqualTo(result);
      assertThat(answer.getCurrentVersion()).isEqualTo(version);
      assertThat(answer.getMessage().isEmpty()).isEqualTo(result == OperationResult.Success);
    }
  }

  @Test
  void an_append_that_expected_something_else_is_told_what() throws Exception {
    try (var peer = new TcpPeer(server.tcpPort())) {
      var there = WriteEventsCompleted.parseFrom(peer.ask(0x82, write("there", 7, "x"), 0x83));
      assertThat(there.getFailureExpectedVersion()).isEqualTo(7);
      assertThat(there.getFailureIsSoftDeleted()).as("1 says no").isEqualTo(1);
      var deleted = WriteEventsCompleted.parseFrom(peer.ask(0x82, write("deleted", 7, "x"), 0x83));
      assertThat(deleted.getFailureIsSoftDeleted()).as("2 says yes").isEqualTo(2);
      var gone = WriteEventsCompleted.parseFrom(peer.ask(0x82, write("tombstoned", 7, "x"), 0x83));
      assertThat(gone.hasFailureIsSoftDeleted()).isFalse();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "there, 7, false, WrongExpectedVersion",
    "none, -2, false, WrongExpectedVersion",
    "tombstoned, -2, true, StreamDeleted",
    "to-delete, -2, false, Success",
    "to-delete, -2, true, Success"
  })
  void a_deletion_is_answered_as_the_stream_is(
      String stream, long expected, boolean hard, OperationResult result) throws Exception {
    try (var peer = new TcpPeer(server.tcpPort())) {
      if (result == OperationResult.Success) {
        peer.ask(0x82, write(stream, ANY, "x"), 0x83);
      }
      var answer =
          DeleteStreamCompleted.parseFrom(peer.ask(0x8A, delete(stream, expected, hard), 0x8B));

      assertThat(answer.getResult()).isEqualTo(result);
    }
  }

  @Test
  void who_may_not_is_told_so_in_the_words_of_what_was_asked() throws Exception {
    try (var peer = new TcpPeer(secured.tcpPort())) {
      assertThat(
              WriteEventsCompleted.parseFrom(peer.ask(0x82, write("$secret", ANY, "x"), 0x83))
                  .getResult())
          .isEqualTo(OperationResult.AccessDenied);
      assertThat(
              DeleteStreamCompleted.parseFrom(peer.ask(0x8A, delete("$secret", ANY, false), 0x8B))
                  .getResult())
          .isEqualTo(OperationResult.AccessDenied);
      assertThat(
              ReadEventCompleted.parseFrom(peer.ask(0xB0, readEvent("$secret", 0), 0xB1))
                  .getResult())
          .isEqualTo(ReadEventResult.AccessDenied);
      assertThat(
              ReadStreamEventsCompleted.parseFrom(peer.ask(0xB2, page("$secret", 0, 10), 0xB3))
                  .getResult())
          .isEqualTo(ReadStreamResult.AccessDenied);
      assertThat(ReadAllEventsCompleted.parseFrom(peer.ask(0xB6, all(0, 10), 0xB7)).getResult())
          .isEqualTo(ReadAllResult.ReadAllAccessDenied);
      assertThat(
              SubscriptionDropped.parseFrom(peer.ask(0xC0, subscribe("$secret"), 0xC4)).getReason())
          .isEqualTo(SubscriptionDropReason.AccessDenied);
      assertThat(
              CreatePersistentSubscriptionCompleted.parseFrom(
                      peer.ask(0xC8, group("there", "g"), 0xC9))
                  .getResult())
          .isEqualTo(CreateResult.AccessDenied);
      assertThat(
              ChangePersistentSubscriptionCompleted.parseFrom(
                      peer.ask(0xCE, group("there", "g"), 0xCF))
                  .getResult())
          .isEqualTo(ChangeResult.AccessDenied);
      assertThat(
              TransactionStartCompleted.parseFrom(peer.ask(0x84, start("$secret"), 0x85))
                  .getResult())
          .isEqualTo(OperationResult.AccessDenied);
      assertThat(ScavengeDatabaseResponse.parseFrom(peer.ask(0xD0).message()).getResult())
          .isEqualTo(ScavengeResult.Unauthorized);
    }
  }

  @Test
  void several_streams_are_written_in_one_append_or_none_is() throws Exception {
    try (var peer = new TcpPeer(server.tcpPort())) {
      var message =
          WriteEventsMultiStream.newBuilder()
              .addEventStreamIds(stream("multi-a"))
              .addEventStreamIds(stream("multi-b"))
              .addExpectedVersions(NO_STREAM)
              .addExpectedVersions(NO_STREAM)
              .addEvents(event(UUID.randomUUID(), "A", "{}"))
              .addEvents(event(UUID.randomUUID(), "B", "{}"))
              .addEvents(event(UUID.randomUUID(), "A", "{}"))
              .addEventStreamIndexes(0)
              .addEventStreamIndexes(1)
              .addEventStreamIndexes(0);
      var done = WriteEventsMultiStreamCompleted.parseFrom(peer.ask(0x8C, message.build(), 0x8D));
      assertThat(done.getResult()).isEqualTo(OperationResult.Success);
      assertThat(done.getFirstEventNumbersList()).containsExactly(0L, 0L);
      assertThat(done.getLastEventNumbersList()).containsExactly(1L, 0L);

      message.setEventStreamIds(0, stream("multi-c")).setExpectedVersions(1, 7);
      var failed = WriteEventsMultiStreamCompleted.parseFrom(peer.ask(0x8C, message.build(), 0x8D));
      assertThat(failed.getResult()).isEqualTo(OperationResult.WrongExpectedVersion);
      assertThat(failed.getFailureStreamIndexesList()).containsExactly(1);
      assertThat(failed.getFailureCurrentVersionsList()).containsExactly(0L);
      assertThat(readEvent(peer, "multi-c", 0).getResult()).isEqualTo(ReadEventResult.NoStream);
    }
  }

  // ---- reads

  private static ReadEvent readEvent(String stream, long number) {
    return ReadEvent.newBuilder().setEventStreamId(stream(stream)).setEventNumber(number).build();
  }

  private static ReadEventCompleted readEvent(TcpPeer peer, String stream, long number)
      throws Exception {
    return ReadEventCompleted.parseFrom(peer.ask(0xB0, readEvent(stream, number), 0xB1));
  }

  private static ReadStreamEvents page(String stream, long from, int count) {
    return ReadStreamEvents.newBuilder()
        .setEventStreamId(stream(stream))
        .setFromEventNumber(from)
        .setMaxCount(count)
        .build();
  }

  private static ReadAllEvents all(long from, int count) {
    return ReadAllEvents.newBuilder()
        .setCommitPosition(from)
        .setPreparePosition(from)
        .setMaxCount(count)
        .build();
  }

  @ParameterizedTest
  @CsvSource({
    "there, 1, Success",
    "there, -1, Success",
    "there, 3, NotFound",
    "none, 0, NoStream",
    "deleted, 0, NoStream",
    "tombstoned, 0, StreamDeleted",
    "there, -2, Error",
    "$all, 0, Error"
  })
  void an_event_is_there_or_it_is_said_why_not(String stream, long number, ReadEventResult result)
      throws Exception {
    try (var peer = new TcpPeer(server.tcpPort())) {
      var answer = readEvent(peer, stream, number);

      assertThat(answer.getResult()).isEqualTo(result);
      assertThat(answer.getEvent().hasEvent()).isEqualTo(result == ReadEventResult.Success);
      assertThat(answer.getError().isEmpty()).isEqualTo(result != ReadEventResult.Error);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "there, 0xB2, 0, 10, Success, 3, 3, 2, true",
    "there, 0xB2, 0, 2, Success, 2, 2, 2, false",
    "there, 0xB2, 9, 2, Success, 0, 3, 2, true",
    "there, 0xB4, -1, 2, Success, 2, 0, 2, false",
    "there, 0xB4, -1, 3, Success, 3, -1, 2, true",
    "none, 0xB2, 0, 10, NoStream, 0, -1, -1, true",
    "deleted, 0xB2, 0, 10, NoStream, 0, -1, 0, true",
    "tombstoned, 0xB2, 0, 10, StreamDeleted, 0, -1, 9223372036854775807, true",
    "there, 0xB2, 0, 0, Error, 0, -1, -1, true",
    "there, 0xB2, 0, 4097, Error, 0, -1, -1, true",
    "there, 0xB2, -1, 10, Error, 0, -1, -1, true"
  })
  void a_page_says_where_it_goes_on(
      String stream,
      String command,
      long from,
      int count,
      ReadStreamResult result,
      int events,
      long next,
      long last,
      boolean ends)
      throws Exception {
    var code = Integer.decode(command);
    try (var peer = new TcpPeer(server.tcpPort())) {
      var answer =
          ReadStreamEventsCompleted.parseFrom(peer.ask(code, page(stream, from, count), code + 1));

      assertThat(answer.getResult()).isEqualTo(result);
      assertThat(answer.getEventsCount()).isEqualTo(events);
      assertThat(answer.getNextEventNumber()).isEqualTo(next);
      assertThat(answer.getLastEventNumber()).isEqualTo(last);
      assertThat(answer.getIsEndOfStream()).isEqualTo(ends);
    }
  }

  @Test
  void everything_is_read_in_pages_from_either_end() throws Exception {
    try (var peer = new TcpPeer(server.tcpPort())) {
      var first = ReadAllEventsCompleted.parseFrom(peer.ask(0xB6, all(0, 2), 0xB7));
      assertThat(first.getEventsCount()).isEqualTo(2);
      assertThat(first.getNextCommitPosition()).isEqualTo(2);
      var end = ReadAllEventsCompleted.parseFrom(peer.ask(0xB6, all(-1, 2), 0xB7));
      assertThat(end.getEventsCount()).isZero();
      var last = ReadAllEventsCompleted.parseFrom(peer.ask(0xB8, all(-1, 2), 0xB9));
      assertThat(last.getEventsCount()).isEqualTo(2);
      assertThat(last.getNextCommitPosition()).isEqualTo(last.getEvents(1).getCommitPosition());
      var before = ReadAllEventsCompleted.parseFrom(peer.ask(0xB8, all(2, 10), 0xB9));
      assertThat(before.getEventsCount()).isEqualTo(2);
      assertThat(before.getNextCommitPosition()).isZero();
      var beyond = ReadAllEventsCompleted.parseFrom(peer.ask(0xB6, all(1L << 40, 2), 0xB7));
      assertThat(beyond.getResult()).isEqualTo(ReadAllResult.ReadAllError);
      assertThat(beyond.getError()).contains("beyond the end");
    }
  }

  @Test
  void a_filtered_page_looks_no_further_than_its_window() throws Exception {
    try (var served = TestServer.withTcp(LocalEventStore.inMemory(), TestServer.TCP);
        var peer = new TcpPeer(served.tcpPort())) {
      peer.ask(0x82, write("noise-1", ANY, "a", "b", "c", "d", "e", "f", "g", "h"), 0x83);
      peer.ask(0x82, write("wanted-1", ANY, "x"), 0x83);
      var asked =
          FilteredReadAllEvents.newBuilder()
              .setMaxCount(2)
              .setMaxSearchWindow(4)
              .setFilter(
                  Filter.newBuilder()
                      .setContext(Filter.FilterContext.StreamId)
                      .setType(Filter.FilterType.Prefix)
                      .addData("wanted-"));
      var near = FilteredReadAllEventsCompleted.parseFrom(peer.ask(0xBA, asked.build(), 0xBB));
      assertThat(near.getEventsCount()).isZero();
      assertThat(near.getNextCommitPosition()).isEqualTo(4);
      assertThat(near.getIsEndOfStream()).isFalse();

      asked.setMaxSearchWindow(100);
      var all = FilteredReadAllEventsCompleted.parseFrom(peer.ask(0xBA, asked.build(), 0xBB));
      assertThat(all.getEventsCount()).isEqualTo(1);
      assertThat(all.getIsEndOfStream()).isTrue();
      asked
          .setCommitPosition(-1)
          .setPreparePosition(-1)
          .setFilter(
              Filter.newBuilder()
                  .setContext(Filter.FilterContext.EventType)
                  .setType(Filter.FilterType.Regex)
                  .addData("^Hap.*"));
      var back = FilteredReadAllEventsCompleted.parseFrom(peer.ask(0xBC, asked.build(), 0xBE));
      assertThat(back.getEventsCount()).isEqualTo(2);
      asked.setFilter(Filter.newBuilder());
      var none = FilteredReadAllEventsCompleted.parseFrom(peer.ask(0xBA, asked.build(), 0xBB));
      assertThat(none.getResult()).isEqualTo(ReadAllResult.ReadAllError);
    }
  }

  // ---- transactions

  private static TransactionStart start(String stream) {
    return TransactionStart.newBuilder()
        .setEventStreamId(stream(stream))
        .setExpectedVersion(NO_STREAM)
        .build();
  }

  private static OperationResult add(TcpPeer peer, long id, UUID event) throws Exception {
    var message =
        TransactionWrite.newBuilder().setTransactionId(id).addEvents(event(event, "T", "{}"));
    return TransactionWriteCompleted.parseFrom(peer.ask(0x86, message.build(), 0x87)).getResult();
  }

  private static TransactionCommitCompleted commit(TcpPeer peer, long id) throws Exception {
    var message = TransactionCommit.newBuilder().setTransactionId(id).build();
    return TransactionCommitCompleted.parseFrom(peer.ask(0x88, message, 0x89));
  }

  @Test
  void a_transaction_is_seen_whole_goes_on_over_another_connection_and_is_answered_again()
      throws Exception {
    long id;
    try (var peer = new TcpPeer(server.tcpPort())) {
      var started = TransactionStartCompleted.parseFrom(peer.ask(0x84, start("tx"), 0x85));
      assertThat(started.getResult()).isEqualTo(OperationResult.Success);
      id = started.getTransactionId();
      var first = UUID.randomUUID();
      assertThat(add(peer, id, first)).isEqualTo(OperationResult.Success);
      assertThat(add(peer, id, first)).as("the same again").isEqualTo(OperationResult.Success);
      assertThat(readEvent(peer, "tx", 0).getResult()).isEqualTo(ReadEventResult.NoStream);
    }
    try (var peer = new TcpPeer(server.tcpPort())) {
      assertThat(add(peer, id, UUID.randomUUID())).isEqualTo(OperationResult.Success);
      var committed = commit(peer, id);
      assertThat(committed.getResult()).isEqualTo(OperationResult.Success);
      assertThat(committed.getFirstEventNumber()).isZero();
      assertThat(committed.getLastEventNumber()).isEqualTo(1);
      assertThat(commit(peer, id)).isEqualTo(committed);
      assertThat(add(peer, id, UUID.randomUUID())).isEqualTo(OperationResult.InvalidTransaction);
      assertThat(add(peer, 4711, UUID.randomUUID())).isEqualTo(OperationResult.InvalidTransaction);
      assertThat(commit(peer, 4711).getResult()).isEqualTo(OperationResult.InvalidTransaction);

      var late = TransactionStartCompleted.parseFrom(peer.ask(0x84, start("tx"), 0x85));
      add(peer, late.getTransactionId(), UUID.randomUUID());
      assertThat(commit(peer, late.getTransactionId()).getResult())
          .isEqualTo(OperationResult.WrongExpectedVersion);
      assertThat(commit(peer, late.getTransactionId()).getResult())
          .isEqualTo(OperationResult.InvalidTransaction);
    }
  }

  @Test
  void a_transaction_whose_commit_is_refused_can_go_on() throws Exception {
    try (var peer = new TcpPeer(server.tcpPort())) {
      var started = TransactionStartCompleted.parseFrom(peer.ask(0x84, start("$all"), 0x85));
      var id = started.getTransactionId();
      assertThat(add(peer, id, UUID.randomUUID())).isEqualTo(OperationResult.Success);
      assertThat(commit(peer, id).getResult()).isEqualTo(OperationResult.AccessDenied);

      assertThat(add(peer, id, UUID.randomUUID())).isEqualTo(OperationResult.Success);
      assertThat(commit(peer, id).getResult()).isEqualTo(OperationResult.AccessDenied);
    }
  }

  // ---- subscriptions

  private static SubscribeToStream subscribe(String stream) {
    return SubscribeToStream.newBuilder().setEventStreamId(stream(stream)).build();
  }

  @Test
  void a_subscription_says_what_was_before_it_and_tells_what_follows() throws Exception {
    try (var peer = new TcpPeer(server.tcpPort());
        var writer = new TcpPeer(server.tcpPort())) {
      var confirmed = SubscriptionConfirmation.parseFrom(peer.ask(0xC0, subscribe("sub"), 0xC1));
      assertThat(confirmed.getLastEventNumber()).isEqualTo(-1);
      writer.ask(0x82, write("sub", ANY, "x"), 0x83);
      var told = StreamEventAppeared.parseFrom(peer.next().message()).getEvent();
      assertThat(told.getEvent().getEventStreamId()).isEqualTo("sub");
      assertThat(told.getCommitPosition()).isPositive().isEqualTo(told.getPreparePosition());

      peer.send(0xC3, 0, 1, new byte[0]);
      assertThat(SubscriptionDropped.parseFrom(peer.next().message()).getReason())
          .isEqualTo(SubscriptionDropReason.Unsubscribed);
      var toAll = SubscriptionConfirmation.parseFrom(peer.ask(0xC0, subscribe(""), 0xC1));
      assertThat(toAll.hasLastEventNumber()).as("by which some clients know").isFalse();
      var deleted =
          SubscriptionConfirmation.parseFrom(peer.ask(0xC0, subscribe("tombstoned"), 0xC1));
      assertThat(deleted.getLastEventNumber()).isEqualTo(Long.MAX_VALUE);
    }
  }

  /// `eventstore-client` refuses a confirmation with a position below 0.
  @Test
  void who_may_not_know_where_the_log_ends_is_confirmed_with_0() throws Exception {
    try (var open = TestServer.withTcpAndStrangers(LocalEventStore.inMemory());
        var peer = new TcpPeer(open.tcpPort())) {
      open.usersWithDefaultPassword().get();
      peer.ask(0x82, write("some", ANY, "x"), 0x83);

      assertThat(confirmedPosition(peer, "some")).isZero();
      assertThat(confirmedPosition(peer, "none")).isZero();
      var page = ReadStreamEventsCompleted.parseFrom(peer.ask(0xB2, page("some", 0, 1), 0xB3));
      assertThat(page.getEventsCount()).isEqualTo(1);
      assertThat(page.getLastCommitPosition()).isEqualTo(-1);

      peer.as("admin", "changeit");
      peer.ask(0xC8, group("some", "g"), 0xC9);
      assertThat(confirmedPosition(peer, "some")).isPositive();
      peer.asNobody();
      var consumer =
          PersistentSubscriptionConfirmation.parseFrom(peer.ask(0xC5, connect("some", "g"), 0xC6));
      assertThat(consumer.getLastCommitPosition()).isZero();
    }
  }

  private static long confirmedPosition(TcpPeer peer, String stream) throws Exception {
    return SubscriptionConfirmation.parseFrom(peer.ask(0xC0, subscribe(stream), 0xC1))
        .getLastCommitPosition();
  }

  @Test
  void a_filtered_subscription_tells_how_far_it_is() throws Exception {
    try (var peer = new TcpPeer(server.tcpPort());
        var writer = new TcpPeer(server.tcpPort())) {
      var asked =
          FilteredSubscribeToStream.newBuilder()
              .setCheckpointInterval(2)
              .setFilter(
                  Filter.newBuilder()
                      .setContext(Filter.FilterContext.StreamId)
                      .setType(Filter.FilterType.Prefix)
                      .addData("filtered-"));
      peer.ask(0xD2, asked.build(), 0xC1);
      writer.ask(0x82, write("unwanted", ANY, "a", "b", "c", "d"), 0x83);
      writer.ask(0x82, write("filtered-1", ANY, "x"), 0x83);
      var checkpoints = 0;
      var got = peer.next();
      while (got.command() == 0xD3) {
        assertThat(CheckpointReached.parseFrom(got.message()).getCommitPosition()).isPositive();
        checkpoints++;
        got = peer.next();
      }
      assertThat(got.command()).isEqualTo(0xC2);
      assertThat(checkpoints).isPositive();
    }
  }

  // ---- persistent subscriptions

  private static PersistentSubscriptionSettings group(String stream, String group) {
    return PersistentSubscriptionSettings.newBuilder()
        .setEventStreamId(stream(stream))
        .setGroup(group)
        .setMessageTimeoutMilliseconds(10_000)
        .setLiveBufferSize(500)
        .setReadBatchSize(20)
        .setBufferSize(500)
        .setMaxRetryCount(10)
        .setPreferRoundRobin(true)
        .setCheckpointAfterTime(1000)
        .setCheckpointMaxCount(500)
        .setCheckpointMinCount(10)
        .setSubscriberMaxCount(1)
        .build();
  }

  private static ConnectToPersistentSubscription connect(String stream, String group) {
    return ConnectToPersistentSubscription.newBuilder()
        .setEventStreamId(stream(stream))
        .setSubscriptionId(group)
        .setAllowedInFlightMessages(10)
        .build();
  }

  @Test
  void a_group_is_made_changed_taken_from_and_deleted() throws Exception {
    try (var peer = new TcpPeer(server.tcpPort());
        var other = new TcpPeer(server.tcpPort())) {
      assertThat(created(peer, group("there", "g"))).isEqualTo(CreateResult.Success);
      assertThat(created(peer, group("there", "g"))).isEqualTo(CreateResult.AlreadyExists);
      assertThat(created(peer, group("there", "bad").toBuilder().setBufferSize(1).build()))
          .isEqualTo(CreateResult.Fail);
      assertThat(changed(peer, 0xCE, group("there", "g"))).isEqualTo(ChangeResult.Success);
      assertThat(changed(peer, 0xCE, group("there", "h"))).isEqualTo(ChangeResult.DoesNotExist);
      assertThat(changed(peer, 0xCE, group("there", "g").toBuilder().setStartFrom(-9).build()))
          .isEqualTo(ChangeResult.Fail);

      peer.send(0xC5, 0, 99, connect("there", "g").toByteArray());
      var confirmed = PersistentSubscriptionConfirmation.parseFrom(peer.next().message());
      assertThat(confirmed.getSubscriptionId()).isEqualTo("there::g");
      for (var i = 0; i < 3; i++) {
        var told = PersistentSubscriptionStreamEventAppeared.parseFrom(peer.next().message());
        var event = told.getEvent().getEvent();
        assertThat(event.getEventNumber()).isEqualTo(i);
        peer.send(
            0xCC,
            0,
            99,
            PersistentSubscriptionAckEvents.newBuilder()
                .setSubscriptionId("there::g")
                .addProcessedEventIds(event.getEventId())
                .build()
                .toByteArray());
      }
      assertThat(
              SubscriptionDropped.parseFrom(other.ask(0xC5, connect("there", "g"), 0xC4))
                  .getReason())
          .isEqualTo(SubscriptionDropReason.SubscriberMaxCountReached);
      assertThat(
              SubscriptionDropped.parseFrom(other.ask(0xC5, connect("there", "h"), 0xC4))
                  .getReason())
          .isEqualTo(SubscriptionDropReason.NotFound);

      var delete =
          DeletePersistentSubscription.newBuilder()
              .setEventStreamId(stream("there"))
              .setGroup("g")
              .build();
      assertThat(changed(other, 0xCA, delete)).isEqualTo(ChangeResult.Success);
      assertThat(SubscriptionDropped.parseFrom(peer.next().message()).getReason())
          .isEqualTo(SubscriptionDropReason.PersistentSubscriptionDeleted);
      assertThat(changed(other, 0xCA, delete)).isEqualTo(ChangeResult.DoesNotExist);
    }
  }

  private static CreateResult created(TcpPeer peer, MessageLite message) throws Exception {
    return CreatePersistentSubscriptionCompleted.parseFrom(peer.ask(0xC8, message, 0xC9))
        .getResult();
  }

  private static ChangeResult changed(TcpPeer peer, int command, MessageLite message)
      throws Exception {
    return ChangePersistentSubscriptionCompleted.parseFrom(peer.ask(command, message, command + 1))
        .getResult();
  }

  // ---- who asks

  @Test
  void a_package_says_who_asks_or_the_connection_has_said_it_before() throws Exception {
    try (var peer = new TcpPeer(secured.tcpPort())) {
      assertThat(peer.ask(0xF5, new byte[] {8, 1}).command()).isEqualTo(0xF6);
      var none = peer.ask(0xF2);
      assertThat(none.command()).isEqualTo(0xF4);
      assertThat(none.text()).isEqualTo("No user credentials provided.");
      peer.as("admin", "wrong");
      var unauthorized = peer.ask(0xF2);
      assertThat(unauthorized.command()).isEqualTo(0xF4);
      assertThat(unauthorized.text()).isEqualTo("Unauthorized");
      var wrong = peer.ask(0xB0, readEvent("$secret", 0));
      assertThat(wrong.command()).isEqualTo(0xF4);
      assertThat(wrong.text()).isEqualTo("Not Authenticated");

      peer.as("admin", "changeit");
      assertThat(readEvent(peer, "$secret", 0).getResult()).isEqualTo(ReadEventResult.Success);
      peer.asNobody();
      assertThat(readEvent(peer, "$secret", 0).getResult()).isEqualTo(ReadEventResult.AccessDenied);
      peer.as("admin", "changeit");
      assertThat(peer.ask(0xF2).command()).isEqualTo(0xF3);
      peer.asNobody();
      assertThat(readEvent(peer, "$secret", 0).getResult()).isEqualTo(ReadEventResult.Success);
    }
  }

  @Test
  void a_token_says_who_asks_as_well() throws Exception {
    var basic = Base64.getEncoder().encodeToString("admin:changeit".getBytes(UTF_8));
    var request =
        HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:%d/auth/token".formatted(secured.port())))
            .header("Authorization", "Basic " + basic)
            .POST(HttpRequest.BodyPublishers.noBody())
            .build();
    String answer;
    try (var http = HttpClient.newHttpClient()) {
      answer = http.send(request, BodyHandlers.ofString()).body();
    }
    var token = answer.replaceAll("(?s).*\"token\"\\s*:\\s*\"([^\"]+)\".*", "$1");
    try (var peer = new TcpPeer(secured.tcpPort())) {
      peer.as(token);
      assertThat(readEvent(peer, "$secret", 0).getResult()).isEqualTo(ReadEventResult.Success);
      peer.as(token.substring(1));
      assertThat(peer.ask(0xB0, readEvent("$secret", 0)).command()).isEqualTo(0xF4);
    }
  }

  @Test
  void gossip_tells_the_port() throws Exception {
    var request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d/gossip".formatted(server.port())))
            .build();
    try (var http = HttpClient.newHttpClient()) {
      assertThat(http.send(request, BodyHandlers.ofString()).body())
          .containsPattern("\"externalTcpPort\":\\s*%d,".formatted(server.tcpPort()))
          .containsPattern("\"externalSecureTcpPort\":\\s*0,");
    }
  }

  @Test
  void statistics_list_the_connections_with_what_they_carried() throws Exception {
    try (var one = TestServer.withTcp(LocalEventStore.inMemory(), TestServer.PATIENT_TCP)) {
      assertThat(json(one, "/stats/tcp")).isEqualTo("[]");
      int port;
      try (var peer = new TcpPeer(one.tcpPort())) {
        var identify = IdentifyClient.newBuilder().setVersion(1).setConnectionName("teller");
        peer.ask(0xF5, identify.build(), 0xF6);
        assertThat(peer.ask(0x03, new byte[100]).command()).isEqualTo(0x04);
        port = peer.localPort();
        var head = 4 + 18;
        assertThat(json(one, "/stats/tcp"))
            .contains("\"remoteEndPoint\":\"127.0.0.1:%d\"".formatted(port))
            .contains("\"localEndPoint\":\"127.0.0.1:%d\"".formatted(one.tcpPort()))
            .contains("\"clientConnectionName\":\"teller\"")
            .containsPattern("\"connectionId\":\"[0-9a-f-]{36}\"")
            .contains("\"totalBytesSent\":%d,".formatted(2 * head + 100))
            .contains(
                "\"totalBytesReceived\":%d,"
                    .formatted(2 * head + 100 + identify.build().getSerializedSize()))
            .contains("\"isExternalConnection\":true,\"isSslConnection\":false");
        assertThat(json(one, "/stats/proc/tcp")).contains("\"connections\":1");
      }
      Await.until(() -> "no connection left", () -> json(one, "/stats/tcp").equals("[]"));
      assertThat(json(one, "/stats/proc/tcp"))
          .contains("\"connections\":0", "\"sentBytesTotal\":%d".formatted(2 * (4 + 18) + 100));
    }
  }

  private static String json(TestServer of, String path) {
    var uri = URI.create("http://127.0.0.1:%d%s".formatted(of.port(), path));
    try (var http = HttpClient.newHttpClient()) {
      var page = http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString()).body();
      return page.replaceAll("\\s", "");
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  // ---- one event, whatever the wire

  @Test
  void an_event_is_the_same_over_grpc_whichever_wire_it_was_written_over() throws Exception {
    var settings = KurrentDBConnectionString.parseOrThrow(server.connectionString());
    var client = KurrentDBClient.create(settings);
    try (var peer = new TcpPeer(server.tcpPort())) {
      var id = UUID.fromString("00112233-4455-6677-8899-aabbccddeeff");
      peer.ask(
          0x82,
          WriteEvents.newBuilder()
              .setEventStreamId(stream("over-tcp"))
              .setExpectedVersion(ANY)
              .addEvents(event(id, "Happened", "{\"a\":1}"))
              .build(),
          0x83);
      var sent = readEvent(peer, "over-tcp", 0).getEvent().getEvent();
      var read =
          client.readStream("over-tcp", ReadStreamOptions.get()).get().getEvents().getFirst();
      var event = read.getOriginalEvent();
      assertThat(event.getEventId()).isEqualTo(id);
      assertThat(event.getEventType()).isEqualTo("Happened");
      assertThat(event.getContentType()).isEqualTo("application/json");
      assertThat(event.getEventData()).isEqualTo("{\"a\":1}".getBytes(UTF_8));
      assertThat(event.getUserMetadata()).isEqualTo("{\"by\":\"tcp\"}".getBytes(UTF_8));
      assertThat(event.getCreated().toEpochMilli()).isEqualTo(sent.getCreatedEpoch());

      var other = UUID.fromString("ffeeddcc-bbaa-9988-7766-554433221100");
      client
          .appendToStream(
              "over-grpc",
              AppendToStreamOptions.get(),
              EventDataBuilder.binary(other, "Raw", new byte[] {1, 2})
                  .metadataAsBytes(new byte[] {3})
                  .build())
          .get();
      var got = readEvent(peer, "over-grpc", 0).getEvent().getEvent();
      assertThat(got.getEventId()).isEqualTo(TcpPeer.dotNet(other));
      assertThat(got.getDataContentType()).isZero();
      assertThat(got.getData()).isEqualTo(ByteString.copyFrom(new byte[] {1, 2}));
      assertThat(got.getMetadata()).isEqualTo(ByteString.copyFrom(new byte[] {3}));
      try (var stored = server.store().read(StreamName.of("over-grpc"), ReadOptions.forwards())) {
        var recorded = stored.events().getFirst();
        assertThat(recorded.contentType()).isEqualTo(ContentType.BINARY);
        assertThat(got.getCreated() & Long.MAX_VALUE >> 1)
            .as("ticks since the year 1")
            .isEqualTo(
                621_355_968_000_000_000L
                    + 10 * ChronoUnit.MICROS.between(Instant.EPOCH, recorded.recorded()));
      }
    } finally {
      client.shutdown().get();
    }
  }

  // ---- what makes no sense

  @Test
  void a_request_that_makes_no_sense_is_refused_and_the_connection_goes_on() throws Exception {
    try (var peer = new TcpPeer(server.tcpPort())) {
      var nil = write("x", ANY).toBuilder().addEvents(event(new UUID(0, 0), "T", "{}")).build();
      assertThat(peer.ask(0x82, nil).command()).isEqualTo(BAD_REQUEST);
      assertThat(peer.ask(0x82, write("", ANY, "x")).command()).isEqualTo(BAD_REQUEST);
      assertThat(peer.ask(0x82, write("x", -3, "x")).text()).contains("-3");
      var shortId =
          write("x", ANY).toBuilder()
              .addEvents(
                  event(UUID.randomUUID(), "T", "{}").toBuilder().setEventId(ByteString.EMPTY))
              .build();
      assertThat(peer.ask(0x82, shortId).text()).contains("16 bytes");
      var noText =
          write("x", ANY, "x").toBuilder()
              .setEventStreamId(ByteString.copyFrom(new byte[] {(byte) 0xff}))
              .build();
      assertThat(peer.ask(0x82, noText).text()).contains("UTF-8");
      assertThat(peer.ask(0x03, new byte[] {1, 2, 3}).message()).containsExactly(1, 2, 3);
    }
  }
}
