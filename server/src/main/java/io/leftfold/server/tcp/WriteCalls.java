// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.tcp;

import static io.leftfold.protocol.messages.tcp.OperationResult.AccessDenied;
import static io.leftfold.protocol.messages.tcp.OperationResult.CommitTimeout;
import static io.leftfold.protocol.messages.tcp.OperationResult.InvalidTransaction;
import static io.leftfold.protocol.messages.tcp.OperationResult.StreamDeleted;
import static io.leftfold.protocol.messages.tcp.OperationResult.Success;
import static io.leftfold.protocol.messages.tcp.OperationResult.WrongExpectedVersion;

import com.google.protobuf.MessageLite;
import io.leftfold.api.AppendResult;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.LeftfoldException;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.StreamAppend;
import io.leftfold.api.StreamMetadata.Acl;
import io.leftfold.api.StreamName;
import io.leftfold.api.StreamState;
import io.leftfold.api.StreamTombstonedException;
import io.leftfold.api.WrongExpectedStateException;
import io.leftfold.protocol.messages.tcp.DeleteStream;
import io.leftfold.protocol.messages.tcp.DeleteStreamCompleted;
import io.leftfold.protocol.messages.tcp.OperationResult;
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
import io.leftfold.server.access.Right;
import io.leftfold.server.node.Completion;
import io.leftfold.server.node.Session;
import io.leftfold.server.node.UnderWay;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;

/// What writes: events, deletions, transactions.
///
/// Called on event loops, and never waits; what the writer tells is told on its thread, and
/// answered on the event loop.
final class WriteCalls {

  private static final long NONE = -1;
  private static final int YES = 2;
  private static final int NO = 1;

  private final WireEvents.Limits limits;
  private final UnderWay underWay;
  private final Transactions transactions;

  WriteCalls(WireEvents.Limits limits, UnderWay underWay, Transactions transactions) {
    this.limits = limits;
    this.underWay = underWay;
    this.transactions = transactions;
  }

  /// What an answer says of a write that did not come about.
  ///
  /// @param version what the stream is at, as far as that matters
  private record Failure(
      OperationResult result, String message, long version, Failure.Cause cause) {
    sealed interface Cause {}

    record Wrong(WrongExpectedStateException error) implements Cause {}

    record Other() implements Cause {}

    static Failure of(OperationResult result, String message) {
      return new Failure(result, message, NONE, new Other());
    }
  }

  /// The answers of one kind of write.
  ///
  /// @param command theirs
  /// @param done what is answered to one that is durable
  /// @param failed what is answered to one that is not
  private record Answers(
      Command command,
      Function<AppendResult, MessageLite> done,
      Function<Failure, MessageLite> failed) {}

  void write(Exchange exchange, Session session, WriteEvents message) {
    var stream = WireEvents.stream(message.getEventStreamId());
    var number = message.getExpectedVersion();
    var expected = WireEvents.expected(number);
    var events = WireEvents.events(message.getEventsList(), limits);
    var answers =
        new Answers(
            Command.WRITE_EVENTS_COMPLETED,
            result ->
                WriteEventsCompleted.newBuilder()
                    .setResult(Success)
                    .setFirstEventNumber(result.streams().getFirst().firstRevision())
                    .setLastEventNumber(result.lastRevision())
                    .setPreparePosition(result.position().orElse(NONE))
                    .setCommitPosition(result.position().orElse(NONE))
                    .setCurrentVersion(0)
                    .build(),
            failure -> notWritten(number, failure));
    begin(
        exchange,
        answers,
        told -> session.append(List.of(new StreamAppend(stream, expected, events)), told));
  }

  private static MessageLite notWritten(long expected, Failure failure) {
    var message =
        WriteEventsCompleted.newBuilder()
            .setResult(failure.result)
            .setMessage(failure.message)
            .setFirstEventNumber(NONE)
            .setLastEventNumber(NONE)
            .setCurrentVersion(failure.version);
    if (failure.cause instanceof Failure.Wrong(var wrong)) {
      message
          .setFailureIsSoftDeleted(isSoftDeleted(wrong.actual()))
          .setFailureExpectedVersion(expected);
    }
    return message.build();
  }

  private static int isSoftDeleted(StreamState state) {
    return state instanceof StreamState.Deleted ? YES : NO;
  }

  void delete(Exchange exchange, Session session, DeleteStream message) {
    var stream = WireEvents.stream(message.getEventStreamId());
    var expected = WireEvents.expected(message.getExpectedVersion());
    var answers =
        new Answers(
            Command.DELETE_STREAM_COMPLETED,
            result ->
                DeleteStreamCompleted.newBuilder()
                    .setResult(Success)
                    .setPreparePosition(result.position().orElse(NONE))
                    .setCommitPosition(result.position().orElse(NONE))
                    .setCurrentVersion(0)
                    .build(),
            failure ->
                DeleteStreamCompleted.newBuilder()
                    .setResult(failure.result)
                    .setMessage(failure.message)
                    .setCurrentVersion(failure.version)
                    .build());
    begin(
        exchange,
        answers,
        told -> {
          if (message.getHardDelete()) {
            session.tombstone(stream, expected, told);
          } else {
            session.delete(stream, expected, told);
          }
        });
  }

  // ---- several streams

  void writeMany(Exchange exchange, Session session, WriteEventsMultiStream message) {
    var streams = message.getEventStreamIdsList().stream().map(WireEvents::stream).toList();
    var parts = parts(message, streams);
    // Not the message, which is large: answers are kept until the write is through.
    var versions = message.getExpectedVersionsList();
    var answers =
        new Answers(
            Command.WRITE_EVENTS_MULTI_STREAM_COMPLETED,
            result -> written(streams, result),
            failure -> failed(versions, streams, failure));
    begin(exchange, answers, told -> session.append(parts, told));
  }

  private List<StreamAppend> parts(WriteEventsMultiStream message, List<StreamName> streams) {
    var count = message.getEventsCount();
    if (message.getExpectedVersionsCount() != streams.size()
        || message.getEventStreamIndexesCount() != count
        || streams.stream().distinct().count() != streams.size()) {
      throw new IllegalArgumentException(
          "Each stream is named once and has an expected version, and each event the index of a stream: got %d streams, %d versions, %d events, %d indexes"
              .formatted(
                  streams.size(),
                  message.getExpectedVersionsCount(),
                  count,
                  message.getEventStreamIndexesCount()));
    }
    var events = WireEvents.events(message.getEventsList(), limits);
    var expected = new LinkedHashMap<StreamName, ExpectedState>();
    for (var i = 0; i < streams.size(); i++) {
      expected.put(streams.get(i), WireEvents.expected(message.getExpectedVersions(i)));
    }
    var parts = runs(message, streams, events, expected);
    // Those without events are only checked.
    expected.forEach((stream, state) -> {
      if (parts.stream().noneMatch(part -> part.stream().equals(stream))) {
        parts.add(StreamAppend.of(stream, state));
      }
    });
    return parts;
  }

  /// Events keep the order in which they came, so a stream may come again; nothing more is expected
  /// of it then.
  private static List<StreamAppend> runs(
      WriteEventsMultiStream message,
      List<StreamName> streams,
      List<ProposedEvent> events,
      Map<StreamName, ExpectedState> expected) {
    var states = new LinkedHashMap<>(expected);
    var runs = new ArrayList<StreamAppend>();
    var run = new ArrayList<ProposedEvent>();
    for (var i = 0; i < events.size(); i++) {
      var index = message.getEventStreamIndexes(i);
      if (index < 0 || index >= streams.size()) {
        throw new IllegalArgumentException(
            "An event is for one of %d streams, got index %d".formatted(streams.size(), index));
      }
      run.add(events.get(i));
      if (i + 1 == events.size() || message.getEventStreamIndexes(i + 1) != index) {
        var stream = streams.get(index);
        var state = states.put(stream, ExpectedState.any());
        runs.add(new StreamAppend(stream, state == null ? ExpectedState.any() : state, run));
        run.clear();
      }
    }
    return runs;
  }

  private static MessageLite written(List<StreamName> streams, AppendResult result) {
    var message = WriteEventsMultiStreamCompleted.newBuilder().setResult(Success);
    for (var stream : streams) {
      var of = result.streams().stream().filter(part -> part.stream().equals(stream)).toList();
      message.addFirstEventNumbers(of.isEmpty() ? NONE : of.getFirst().firstRevision());
      message.addLastEventNumbers(of.isEmpty() ? NONE : of.getLast().lastRevision());
    }
    return message
        .setPreparePosition(result.position().orElse(NONE))
        .setCommitPosition(result.position().orElse(NONE))
        .build();
  }

  private static MessageLite failed(
      List<Long> expected, List<StreamName> streams, Failure failure) {
    var message =
        WriteEventsMultiStreamCompleted.newBuilder()
            .setResult(failure.result)
            .setMessage(failure.message);
    if (failure.cause instanceof Failure.Wrong(var wrong)) {
      for (var conflict : wrong.conflicts()) {
        var index = streams.indexOf(conflict.stream());
        message
            .addFailureStreamIndexes(index)
            .addFailureCurrentVersions(conflict.actual().lastRevision())
            .addFailureIsSoftDeleted(isSoftDeleted(conflict.actual()))
            .addFailureExpectedVersions(index < 0 ? NONE : expected.get(index));
      }
    }
    return message.build();
  }

  // ---- transactions

  void start(Exchange exchange, Session session, TransactionStart message) {
    Function<Failure, MessageLite> failed =
        failure ->
            TransactionStartCompleted.newBuilder()
                .setTransactionId(NONE)
                .setResult(failure.result)
                .setMessage(failure.message)
                .build();
    answering(
        exchange,
        Command.TRANSACTION_START_COMPLETED,
        failed,
        () -> {
          var stream = WireEvents.stream(message.getEventStreamId());
          var expected = WireEvents.expected(message.getExpectedVersion());
          session.require(Right.OnStream.to(Acl.Action.WRITE, stream));
          exchange.answer(
              Command.TRANSACTION_START_COMPLETED,
              TransactionStartCompleted.newBuilder()
                  .setTransactionId(transactions.start(stream, expected))
                  .setResult(Success)
                  .build());
        });
  }

  void add(Exchange exchange, Session session, TransactionWrite message) {
    var id = message.getTransactionId();
    Function<Failure, MessageLite> failed =
        failure ->
            TransactionWriteCompleted.newBuilder()
                .setTransactionId(id)
                .setResult(failure.result)
                .setMessage(failure.message)
                .build();
    answering(
        exchange,
        Command.TRANSACTION_WRITE_COMPLETED,
        failed,
        () -> {
          requireWriting(session, id);
          var events = WireEvents.events(message.getEventsList(), limits);
          exchange.answer(
              Command.TRANSACTION_WRITE_COMPLETED,
              transactions.add(id, events)
                  ? TransactionWriteCompleted.newBuilder()
                      .setTransactionId(id)
                      .setResult(Success)
                      .build()
                  : failed.apply(noTransaction(id)));
        });
  }

  void commit(Exchange exchange, Session session, TransactionCommit message) {
    var id = message.getTransactionId();
    Function<Failure, MessageLite> failed =
        failure ->
            TransactionCommitCompleted.newBuilder()
                .setTransactionId(id)
                .setResult(failure.result)
                .setMessage(failure.message)
                .setFirstEventNumber(NONE)
                .setLastEventNumber(NONE)
                .build();
    answering(
        exchange,
        Command.TRANSACTION_COMMIT_COMPLETED,
        failed,
        () -> {
          requireWriting(session, id);
          var found = transactions.seal(id);
          if (found.isEmpty()) {
            exchange.answer(Command.TRANSACTION_COMMIT_COMPLETED, failed.apply(noTransaction(id)));
            return;
          }
          var content = found.get();
          if (content.committed().isPresent()) {
            exchange.answer(Command.TRANSACTION_COMMIT_COMPLETED, content.committed().get());
            return;
          }
          begin(
              exchange,
              new Answers(
                  Command.TRANSACTION_COMMIT_COMPLETED, result -> committed(id, result), failed),
              told -> append(session, id, content, told));
        });
  }

  private void requireWriting(Session session, long transaction) {
    transactions.stream(transaction)
        .ifPresent(stream -> session.require(Right.OnStream.to(Acl.Action.WRITE, stream)));
  }

  /// Appends what is in a transaction, and lets go of it if that comes to nothing.
  private void append(
      Session session, long transaction, Transactions.Content content, Completion told) {
    try {
      session.append(
          List.of(new StreamAppend(content.stream(), content.expected(), content.events())),
          new Completion() {
            @Override
            public void completed(AppendResult result) {
              told.completed(result);
            }

            @Override
            public void failed(LeftfoldException reason) {
              letGo(transaction, reason);
              told.failed(reason);
            }
          });
    } catch (RuntimeException misuse) {
      transactions.refused(transaction);
      throw misuse;
    }
  }

  private void letGo(long transaction, LeftfoldException reason) {
    switch (reason) {
      case WrongExpectedStateException _, StreamTombstonedException _ ->
          transactions.failed(transaction);
      default -> transactions.refused(transaction);
    }
  }

  private TransactionCommitCompleted committed(long id, AppendResult result) {
    var answer =
        TransactionCommitCompleted.newBuilder()
            .setTransactionId(id)
            .setResult(Success)
            .setFirstEventNumber(result.streams().getFirst().firstRevision())
            .setLastEventNumber(result.lastRevision())
            .setPreparePosition(result.position().orElse(NONE))
            .setCommitPosition(result.position().orElse(NONE))
            .build();
    transactions.committed(id, answer);
    return answer;
  }

  private static Failure noTransaction(long id) {
    return Failure.of(
        InvalidTransaction,
        "There is no open transaction %d: it is over, was not used for too long, or was started before the server was"
            .formatted(id));
  }

  // ---- all of them

  private void begin(Exchange exchange, Answers answers, Consumer<Completion> write) {
    answering(
        exchange,
        answers.command,
        answers.failed,
        () ->
            underWay.during(
                () -> exchange.later(() -> exchange.answer(answers.command, late(answers))),
                new Completion() {
                  @Override
                  public void completed(AppendResult result) {
                    var answer = exchange.encoded(answers.command, answers.done.apply(result));
                    exchange.later(() -> exchange.answer(answer));
                  }

                  @Override
                  public void failed(LeftfoldException reason) {
                    exchange.later(() -> refuse(exchange, answers.command, answers.failed, reason));
                  }
                },
                write));
  }

  private MessageLite late(Answers answers) {
    return answers.failed.apply(
        Failure.of(
            CommitTimeout,
            "Not recorded within %d ms, and perhaps recorded later. With the same ids of events it can be tried again"
                .formatted(underWay.atMost().toMillis())));
  }

  private static void answering(
      Exchange exchange, Command command, Function<Failure, MessageLite> failed, Runnable work) {
    try {
      work.run();
    } catch (RuntimeException | Error e) {
      refuse(exchange, command, failed, e);
    }
  }

  private static void refuse(
      Exchange exchange, Command command, Function<Failure, MessageLite> failed, Throwable error) {
    switch (Refusal.of(error)) {
      case Refusal.WrongVersion(var message, var actual) ->
          exchange.answer(
              command,
              failed.apply(
                  new Failure(
                      WrongExpectedVersion,
                      message,
                      actual,
                      error instanceof WrongExpectedStateException wrong
                          ? new Failure.Wrong(wrong)
                          : new Failure.Other())));
      case Refusal.Deleted(var message) ->
          exchange.answer(command, failed.apply(Failure.of(StreamDeleted, message)));
      case Refusal.Denied() ->
          exchange.answer(command, failed.apply(Failure.of(AccessDenied, Refusal.Denied.MESSAGE)));
      case Refusal.NotNow(var reason) ->
          exchange.answer(Command.NOT_HANDLED, Refusal.notHandled(reason));
      case Refusal.Bad(var message) -> exchange.answer(Command.BAD_REQUEST, message);
    }
  }
}
