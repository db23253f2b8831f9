// SPDX-License-Identifier: Apache-2.0

package io.leftfold.verification.wire;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.google.protobuf.ByteString;
import io.leftfold.api.ContentType;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.ResolvedEvent;
import io.leftfold.protocol.messages.tcp.EventRecord;
import io.leftfold.protocol.messages.tcp.NewEvent;
import io.leftfold.protocol.messages.tcp.OperationResult;
import io.leftfold.protocol.messages.tcp.ReadAllEvents;
import io.leftfold.protocol.messages.tcp.ReadAllEventsCompleted;
import io.leftfold.protocol.messages.tcp.ReadStreamEvents;
import io.leftfold.protocol.messages.tcp.ReadStreamEventsCompleted;
import io.leftfold.protocol.messages.tcp.TransactionCommit;
import io.leftfold.protocol.messages.tcp.TransactionCommitCompleted;
import io.leftfold.protocol.messages.tcp.TransactionStart;
import io.leftfold.protocol.messages.tcp.TransactionStartCompleted;
import io.leftfold.protocol.messages.tcp.TransactionWrite;
import io.leftfold.protocol.messages.tcp.WriteEvents;
import io.leftfold.protocol.messages.tcp.WriteEventsCompleted;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;

/// The old TCP protocol, which says positions where everything is read.
///
/// @param peer a connection
/// @param inTransactions whether each append is a transaction
record OverTcp(TcpPeer peer, boolean inTransactions) implements Way {

  private static final Set<String> FACTS =
      Set.of("stream", "revision", "id", "type", "json", "data", "metadata", "created", "link");
  private static final int COUNT = 4096;
  private static final long TICKS_BEFORE_1970 = 621_355_968_000_000_000L;

  // ---- appending

  @Override
  public Outcome append(String stream, long expected, ProposedEvent event) throws Exception {
    return inTransactions ? commit(stream, expected, event) : write(stream, expected, event);
  }

  private Outcome write(String stream, long expected, ProposedEvent event) throws Exception {
    var message =
        WriteEvents.newBuilder()
            .setEventStreamId(TcpPeer.stream(stream))
            .setExpectedVersion(expected)
            .addEvents(proposed(event))
            .build();
    var answer = WriteEventsCompleted.parseFrom(peer.ask(0x82, message, 0x83));
    return new Outcome(
        result(answer.getResult()),
        answer.getResult() == OperationResult.Success
            ? answer.getFirstEventNumber()
            : answer.getCurrentVersion());
  }

  /// What the version is instead, a transaction does not say.
  private Outcome commit(String stream, long expected, ProposedEvent event) throws Exception {
    var start =
        TransactionStart.newBuilder()
            .setEventStreamId(TcpPeer.stream(stream))
            .setExpectedVersion(expected)
            .build();
    var started = TransactionStartCompleted.parseFrom(peer.ask(0x84, start, 0x85));
    if (started.getResult() != OperationResult.Success) {
      return new Outcome(result(started.getResult()), -1);
    }
    var id = started.getTransactionId();
    peer.ask(
        0x86,
        TransactionWrite.newBuilder().setTransactionId(id).addEvents(proposed(event)).build(),
        0x87);
    var commit = TransactionCommit.newBuilder().setTransactionId(id).build();
    var answer = TransactionCommitCompleted.parseFrom(peer.ask(0x88, commit, 0x89));
    return new Outcome(result(answer.getResult()), answer.getFirstEventNumber());
  }

  private static NewEvent proposed(ProposedEvent event) {
    return NewEvent.newBuilder()
        .setEventId(TcpPeer.dotNet(event.id()))
        .setEventType(event.type())
        .setDataContentType(event.contentType() == ContentType.JSON ? 1 : 0)
        .setMetadataContentType(event.metadata().length > 0 ? 1 : 0)
        .setData(ByteString.copyFrom(event.data()))
        .setMetadata(ByteString.copyFrom(event.metadata()))
        .build();
  }

  private static Result result(OperationResult result) {
    return switch (result) {
      case Success -> Result.DONE;
      case WrongExpectedVersion -> Result.WRONG_VERSION;
      case StreamDeleted -> Result.GONE;
      default -> throw new AssertionError("An append was answered " + result);
    };
  }

  // ---- reading

  @Override
  public Found read(String stream, boolean resolving) throws Exception {
    return stream.equals(ALL) ? readAll(resolving) : readStream(stream, resolving);
  }

  private Found readStream(String stream, boolean resolving) throws Exception {
    var message =
        ReadStreamEvents.newBuilder()
            .setEventStreamId(TcpPeer.stream(stream))
            .setMaxCount(COUNT)
            .setResolveLinkTos(resolving)
            .build();
    var answer = ReadStreamEventsCompleted.parseFrom(peer.ask(0xB2, message, 0xB3));
    return switch (answer.getResult()) {
      case Success ->
          new Found(
              Result.DONE,
              answer.getEventsList().stream()
                  .map(one ->
                      one.hasEvent()
                          ? facts(one.getEvent(), one.hasLink(), one.getLink())
                          : facts(one.getLink(), false, one.getLink()))
                  .toList());
      case NoStream -> Found.nothing(Result.NO_STREAM);
      case StreamDeleted -> Found.nothing(Result.GONE);
      default -> throw new AssertionError("A read was answered " + answer);
    };
  }

  private Found readAll(boolean resolving) throws Exception {
    var message =
        ReadAllEvents.newBuilder().setMaxCount(COUNT).setResolveLinkTos(resolving).build();
    var answer = ReadAllEventsCompleted.parseFrom(peer.ask(0xB6, message, 0xB7));
    return new Found(
        Result.DONE,
        answer.getEventsList().stream()
            .map(one -> {
              var facts =
                  one.hasEvent()
                      ? facts(one.getEvent(), one.hasLink(), one.getLink())
                      : facts(one.getLink(), false, one.getLink());
              facts.put("at", one.getCommitPosition());
              return facts;
            })
            .toList());
  }

  private Map<String, Object> facts(EventRecord event, boolean isLinked, EventRecord link) {
    var facts = new TreeMap<String, Object>();
    facts.put("stream", event.getEventStreamId());
    facts.put("revision", event.getEventNumber());
    facts.put("id", id(event.getEventId()));
    facts.put("type", event.getEventType());
    facts.put("json", event.getDataContentType() == 1);
    facts.put("data", told(event.getData().toByteArray(), false));
    facts.put("metadata", told(event.getMetadata().toByteArray(), false));
    var ticks = (event.getCreated() & Long.MAX_VALUE >> 1) - TICKS_BEFORE_1970;
    var created = Instant.EPOCH.plus(ticks / 10, ChronoUnit.MICROS);
    facts.put(
        "created",
        created.toEpochMilli() == event.getCreatedEpoch()
            ? created
            : created + ", and in milliseconds " + event.getCreatedEpoch());
    if (isLinked) {
      facts.put("link", link.getEventNumber() + "@" + link.getEventStreamId());
    }
    return facts;
  }

  /// An id from the order of .NET.
  private static UUID id(ByteString bytes) {
    var buffer = ByteBuffer.wrap(bytes.toByteArray()).order(ByteOrder.LITTLE_ENDIAN);
    var high = (long) buffer.getInt() << 32;
    high |= Short.toUnsignedLong(buffer.getShort()) << 16;
    high |= Short.toUnsignedLong(buffer.getShort());
    return new UUID(high, buffer.order(ByteOrder.BIG_ENDIAN).getLong());
  }

  @Override
  public Set<String> tells(String stream, ResolvedEvent event) {
    var facts = new TreeSet<>(FACTS);
    if (stream.equals(ALL)) {
      facts.add("at");
    }
    return facts;
  }

  @Override
  public Object told(byte[] bytes, boolean isJson) {
    return new String(bytes, ISO_8859_1);
  }

  @Override
  public String toString() {
    return inTransactions ? "TCP, in transactions" : "TCP";
  }
}
