// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.tcp;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import io.leftfold.api.EventFilter;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.ResolvedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.api.StreamState;
import io.leftfold.protocol.messages.tcp.FilteredReadAllEvents;
import io.leftfold.protocol.messages.tcp.FilteredReadAllEventsCompleted;
import io.leftfold.protocol.messages.tcp.ReadAllEvents;
import io.leftfold.protocol.messages.tcp.ReadAllEventsCompleted;
import io.leftfold.protocol.messages.tcp.ReadAllResult;
import io.leftfold.protocol.messages.tcp.ReadEvent;
import io.leftfold.protocol.messages.tcp.ReadEventCompleted;
import io.leftfold.protocol.messages.tcp.ReadEventCompleted.ReadEventResult;
import io.leftfold.protocol.messages.tcp.ReadStreamEvents;
import io.leftfold.protocol.messages.tcp.ReadStreamEventsCompleted;
import io.leftfold.protocol.messages.tcp.ReadStreamEventsCompleted.ReadStreamResult;
import io.leftfold.protocol.messages.tcp.ResolvedIndexedEvent;
import io.leftfold.server.access.Right;
import io.leftfold.server.group.GroupId;
import io.leftfold.server.node.Session;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;

/// Makes pages: each read of this wire is answered with one message. Not called on event loops.
///
/// A page ends when it has as many events as were asked for, or as many bytes as a page may have;
/// the place of the next event is in it, so a short page is no end.
final class ReadCalls {

  private static final int COUNT_MAX = 4096;
  private static final long END = -1;
  private static final long NONE = -1;
  private static final StreamName ALL = StreamName.of("$all");

  private final long pageBytesMax;

  /// @param pageBytesMax a page ends behind the event with which it has so many
  ReadCalls(long pageBytesMax) {
    this.pageBytesMax = pageBytesMax;
  }

  /// What is answered to a read.
  record Answer(Command command, MessageLite message) {}

  /// An error as one kind of answer says it; a node that does not answer now is the same for all.
  private static Answer refused(
      Throwable error, Command command, BiFunction<Refusal, String, MessageLite> failed) {
    var refusal = Refusal.of(error);
    return switch (refusal) {
      case Refusal.NotNow(var reason) ->
          new Answer(Command.NOT_HANDLED, Refusal.notHandled(reason));
      case Refusal.Denied() -> new Answer(command, failed.apply(refusal, Refusal.Denied.MESSAGE));
      case Refusal.Deleted(var message) -> new Answer(command, failed.apply(refusal, message));
      case Refusal.Bad(var message) -> new Answer(command, failed.apply(refusal, message));
      case Refusal.WrongVersion(var message, _) ->
          new Answer(command, failed.apply(refusal, message));
    };
  }

  private static int count(int asked) {
    if (asked < 1 || asked > COUNT_MAX) {
      throw new IllegalArgumentException(
          "A page has 1 to %d events, got a max_count of %d".formatted(COUNT_MAX, asked));
    }
    return asked;
  }

  private static StreamName stream(ByteString name) {
    var stream = WireEvents.stream(name);
    if (stream.equals(ALL)) {
      throw new IllegalArgumentException("$all is not a stream: read all events instead");
    }
    return stream;
  }

  // ---- one event

  Answer event(Session session, ReadEvent message) {
    try {
      var stream = stream(message.getEventStreamId());
      var number = message.getEventNumber();
      if (number < END) {
        throw new IllegalArgumentException(
            "An event has a number of 0 or more, or -1 for the last one, got " + number);
      }
      var options = number == END ? ReadOptions.backwards() : ReadOptions.forwards().from(number);
      try (var read =
          session.read(stream, resolving(options.limit(1), message.getResolveLinkTos()))) {
        return event(
            switch (read.state()) {
              case StreamState.Present _ -> {
                var events = read.iterator();
                var found =
                    events.hasNext() ? Optional.of(events.next()) : Optional.<ResolvedEvent>empty();
                yield found
                    .filter(event -> number == END || event.original().revision() == number)
                    .map(ReadCalls::found)
                    .orElseGet(() -> noEvent(ReadEventResult.NotFound, ""));
              }
              case StreamState.Absent(), StreamState.Deleted(_) ->
                  noEvent(ReadEventResult.NoStream, "");
              case StreamState.Tombstoned() -> noEvent(ReadEventResult.StreamDeleted, "");
            });
      }
    } catch (RuntimeException | Error e) {
      return refused(
          e,
          Command.READ_EVENT_COMPLETED,
          (refusal, words) ->
              noEvent(
                  switch (refusal) {
                    case Refusal.Denied() -> ReadEventResult.AccessDenied;
                    case Refusal.Deleted(_) -> ReadEventResult.StreamDeleted;
                    case Refusal.Bad(_), Refusal.NotNow(_), Refusal.WrongVersion(_, _) ->
                        ReadEventResult.Error;
                  },
                  refusal instanceof Refusal.Deleted ? "" : words));
    }
  }

  private static Answer event(MessageLite message) {
    return new Answer(Command.READ_EVENT_COMPLETED, message);
  }

  private static MessageLite found(ResolvedEvent event) {
    return ReadEventCompleted.newBuilder()
        .setResult(ReadEventResult.Success)
        .setEvent(WireEvents.indexed(event))
        .build();
  }

  private static MessageLite noEvent(ReadEventResult result, String words) {
    var message =
        ReadEventCompleted.newBuilder()
            .setResult(result)
            .setEvent(ResolvedIndexedEvent.getDefaultInstance());
    if (!words.isEmpty()) {
      message.setError(words);
    }
    return message.build();
  }

  // ---- a stream

  Answer stream(Session session, ReadStreamEvents message, boolean backwards) {
    var command =
        backwards ? Command.READ_STREAM_BACKWARD_COMPLETED : Command.READ_STREAM_FORWARD_COMPLETED;
    try {
      var stream = stream(message.getEventStreamId());
      var from = message.getFromEventNumber();
      if (from < (backwards ? END : 0)) {
        throw new IllegalArgumentException(
            "A page starts at 0 or later, or backwards at -1 for the end, got " + from);
      }
      var count = count(message.getMaxCount());
      var options =
          backwards
              ? ReadOptions.backwards().from(from == END ? ReadOptions.END : from)
              : ReadOptions.forwards().from(from);
      try (var read =
          session.read(stream, resolving(options.limit(count), message.getResolveLinkTos()))) {
        return new Answer(
            command,
            switch (read.state()) {
              case StreamState.Present(var first, var last) ->
                  page(session, take(read.iterator(), count), backwards, first, last);
              case StreamState.Absent() -> noStream(session, ReadStreamResult.NoStream, NONE, "");
              case StreamState.Deleted(var last) ->
                  noStream(session, ReadStreamResult.NoStream, last, "");
              case StreamState.Tombstoned() ->
                  noStream(session, ReadStreamResult.StreamDeleted, Long.MAX_VALUE, "");
            });
      }
    } catch (RuntimeException | Error e) {
      return refused(
          e,
          command,
          (refusal, words) ->
              switch (refusal) {
                case Refusal.Denied() ->
                    noStream(session, ReadStreamResult.AccessDenied, NONE, words);
                case Refusal.Deleted(_) ->
                    noStream(session, ReadStreamResult.StreamDeleted, Long.MAX_VALUE, "");
                case Refusal.Bad(_), Refusal.NotNow(_), Refusal.WrongVersion(_, _) ->
                    noStream(session, ReadStreamResult.Error, NONE, words);
              });
    }
  }

  /// Some events, and whether it was the bytes that ended them.
  private record Taken(List<ResolvedEvent> events, boolean isCut) {
    ResolvedEvent last() {
      return events.getLast();
    }
  }

  private Taken take(Iterator<ResolvedEvent> read, int count) {
    var events = new ArrayList<ResolvedEvent>();
    var bytes = 0L;
    while (events.size() < count && bytes < pageBytesMax && read.hasNext()) {
      var event = read.next();
      events.add(event);
      bytes += WireEvents.size(event);
    }
    return new Taken(events, bytes >= pageBytesMax);
  }

  private static MessageLite page(
      Session session, Taken taken, boolean backwards, long first, long last) {
    long next;
    boolean ends;
    if (taken.events.isEmpty()) {
      next = backwards ? END : last + 1;
      ends = true;
    } else {
      var revision = taken.last().original().revision();
      ends = backwards ? revision <= first : revision >= last;
      next = backwards ? (ends ? END : revision - 1) : revision + 1;
    }
    return ReadStreamEventsCompleted.newBuilder()
        .addAllEvents(taken.events.stream().map(WireEvents::indexed).toList())
        .setResult(ReadStreamResult.Success)
        .setNextEventNumber(next)
        .setLastEventNumber(last)
        .setIsEndOfStream(ends)
        .setLastCommitPosition(lastPosition(session))
        .build();
  }

  private static MessageLite noStream(
      Session session, ReadStreamResult result, long last, String words) {
    var message =
        ReadStreamEventsCompleted.newBuilder()
            .setResult(result)
            .setNextEventNumber(END)
            .setLastEventNumber(last)
            .setIsEndOfStream(true)
            .setLastCommitPosition(result == ReadStreamResult.Error ? NONE : lastPosition(session));
    if (!words.isEmpty()) {
      message.setError(words);
    }
    return message.build();
  }

  /// The position of the newest event, for those who may know it.
  static long lastPosition(Session session) {
    return session.may(Right.OnNode.STATISTICS) || session.mayRead(ALL)
        ? session.lastPosition().orElse(NONE)
        : NONE;
  }

  /// The position with which a subscription is confirmed. Some clients refuse one below 0, so 0 is
  /// said to those who may not know it: at 0 is the event that names the store.
  static long confirmedPosition(Session session) {
    return Math.max(0, lastPosition(session));
  }

  private static ReadOptions resolving(ReadOptions options, boolean resolves) {
    return resolves ? options.resolvingLinks() : options;
  }

  // ---- all streams

  Answer all(Session session, ReadAllEvents message, boolean backwards) {
    var command =
        backwards ? Command.READ_ALL_BACKWARD_COMPLETED : Command.READ_ALL_FORWARD_COMPLETED;
    try {
      var asked =
          new All(
              message.getCommitPosition(),
              count(message.getMaxCount()),
              Integer.MAX_VALUE,
              message.getResolveLinkTos(),
              EventFilter.everything());
      return new Answer(command, ofAll(page(session, asked, backwards)));
    } catch (RuntimeException | Error e) {
      return refused(
          e,
          command,
          (refusal, words) -> ofAll(AllPage.failed(message.getCommitPosition(), refusal, words)));
    }
  }

  private static MessageLite ofAll(AllPage page) {
    var message =
        ReadAllEventsCompleted.newBuilder()
            .setCommitPosition(page.from)
            .setPreparePosition(page.from)
            .addAllEvents(page.events.stream().map(WireEvents::positioned).toList())
            .setNextCommitPosition(page.next)
            .setNextPreparePosition(page.next)
            .setResult(page.result);
    if (!page.words.isEmpty()) {
      message.setError(page.words);
    }
    return message.build();
  }

  Answer filtered(Session session, FilteredReadAllEvents message, boolean backwards) {
    var command =
        backwards
            ? Command.FILTERED_READ_ALL_BACKWARD_COMPLETED
            : Command.FILTERED_READ_ALL_FORWARD_COMPLETED;
    try {
      var count = count(message.getMaxCount());
      var asked =
          new All(
              message.getCommitPosition(),
              count,
              Math.max(count, message.getMaxSearchWindow()),
              message.getResolveLinkTos(),
              Filters.of(message.getFilter()));
      return new Answer(command, ofFiltered(page(session, asked, backwards)));
    } catch (RuntimeException | Error e) {
      return refused(
          e,
          command,
          (refusal, words) ->
              ofFiltered(AllPage.failed(message.getCommitPosition(), refusal, words)));
    }
  }

  private static MessageLite ofFiltered(AllPage page) {
    var message =
        FilteredReadAllEventsCompleted.newBuilder()
            .setCommitPosition(page.from)
            .setPreparePosition(page.from)
            .addAllEvents(page.events.stream().map(WireEvents::positioned).toList())
            .setNextCommitPosition(page.next)
            .setNextPreparePosition(page.next)
            .setIsEndOfStream(page.ends)
            .setResult(page.result);
    if (!page.words.isEmpty()) {
      message.setError(page.words);
    }
    return message.build();
  }

  /// What is asked for of all streams.
  ///
  /// @param window how many positions are looked at, at most
  private record All(long position, int count, int window, boolean resolves, EventFilter filter) {}

  /// What is found.
  ///
  /// @param from where it begins, which is a position even if the end was asked for
  /// @param next where the next page begins
  /// @param ends whether there is nothing behind it
  private record AllPage(
      List<ResolvedEvent> events,
      long from,
      long next,
      boolean ends,
      ReadAllResult result,
      String words) {
    static AllPage failed(long asked, Refusal refusal, String words) {
      var from = Math.max(0, asked);
      return new AllPage(
          List.of(),
          from,
          from,
          false,
          refusal instanceof Refusal.Denied
              ? ReadAllResult.ReadAllAccessDenied
              : ReadAllResult.ReadAllError,
          words);
    }
  }

  private AllPage page(Session session, All asked, boolean backwards) {
    session.requireReading(ALL);
    var end = session.lastPosition().map(last -> last + 1).orElse(0L);
    var from = asked.position == END ? end : asked.position;
    if (from < 0 || from > end) {
      throw new IllegalArgumentException(
          "There is nothing at %d, which is beyond the end of the log: is it a position of another server?"
              .formatted(from));
    }
    var last = backwards ? Math.max(0, from - asked.window) : Math.min(end, from + asked.window);
    var options =
        backwards
            ? ReadOptions.backwards().from(from)
            : ReadOptions.forwards().from(from).asOf(last);
    try (var read = session.readAll(resolving(options.filteredBy(asked.filter), asked.resolves))) {
      return page(read.iterator(), asked.count, backwards, from, last, end);
    }
  }

  private AllPage page(
      Iterator<ResolvedEvent> read, int count, boolean backwards, long from, long last, long end) {
    var events = new ArrayList<ResolvedEvent>();
    var bytes = 0L;
    var next = last;
    while (read.hasNext()) {
      var event = read.next();
      var position = event.original().position();
      if (backwards && position < last) {
        break;
      }
      if (GroupId.isNoteOfGroupOnAll(event.original().stream().value())) {
        continue; // each would be news to whoever reads everything, while nothing has happened
      }
      events.add(event);
      bytes += WireEvents.size(event);
      if (events.size() == count || bytes >= pageBytesMax) {
        next = backwards ? position : position + 1;
        break;
      }
    }
    return new AllPage(
        events, from, next, backwards ? next == 0 : next >= end, ReadAllResult.ReadAllSuccess, "");
  }
}
