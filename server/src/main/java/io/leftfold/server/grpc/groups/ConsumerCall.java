// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.grpc.groups;

import com.google.protobuf.InvalidProtocolBufferException;
import io.leftfold.api.LeftfoldException;
import io.leftfold.api.ResolvedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.protocol.messages.groups.ReadReq;
import io.leftfold.protocol.messages.shared.UUID;
import io.leftfold.protocol.streams.ReadResponses;
import io.leftfold.protocol.streams.ReadResponses.UuidForm;
import io.leftfold.protocol.wire.WireWriter;
import io.leftfold.server.edge.GrpcCall;
import io.leftfold.server.edge.GrpcListener;
import io.leftfold.server.edge.GrpcStatus;
import io.leftfold.server.group.GroupConsumer;
import io.leftfold.server.group.GroupId;
import io.leftfold.server.group.GroupSource;
import io.leftfold.server.group.Groups;
import io.leftfold.server.group.NackAction;
import io.leftfold.server.grpc.kurrent.Events;
import io.leftfold.server.grpc.kurrent.Refusal;
import io.leftfold.server.node.Session;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// `Read`: a consumer of a group, from its options to its end.
///
/// Acks and nacks are parsed on the call's event loop and handed to the group. Events are encoded
/// on the group's thread; what one turn of the group delivers goes to the event loop in one piece.
/// A caller that does not take what is sent is given nothing more; one whose acks the group has not
/// taken notice of yet is held up.
final class ConsumerCall implements GrpcListener, GroupConsumer {

  private static final int WRITER_BYTES = 64 << 10;
  private static final int UNTAKEN_MAX = 64;

  /// What the ids of a message take, compared with the message.
  private static final int BYTES_OF_BYTE = 2;

  /// What was taken notice of is told to the edge when it is so much.
  private static final int TAKEN_BYTES_MAX = 16 << 10;

  /// What a consumer may ask to have at a time: all of it is kept until it is acked.
  private static final int BUFFER_MAX = 100_000;

  private final GrpcCall call;
  private final Session session;
  private final Groups groups;
  private final Identity identity;

  // These belong to the event loop.

  private boolean begun;
  private @Nullable Connection connection;
  private boolean held;

  /// Acks that the group has not taken notice of.
  private final AtomicInteger untaken = new AtomicInteger();

  /// What those took that it has taken notice of, and that still count.
  private final AtomicLong takenBytes = new AtomicLong();

  // These belong to the group's thread.

  private final WireWriter out = new WireWriter(1024);
  private List<byte[]> delivered = new ArrayList<>();

  private volatile StreamName source = StreamName.of(GroupSource.ALL);
  private volatile UuidForm form = UuidForm.STRUCTURED;
  private String subscription = "";

  ConsumerCall(GrpcCall call, Session session, Groups groups) {
    this.call = call;
    this.session = session;
    this.groups = groups;
    this.identity =
        new Identity(
            call.peer().toString(),
            session.caller().name(),
            call.header("connection-name").orElse(""));
  }

  // ---- what the caller says, on the event loop

  @Override
  public void message(byte[] bytes, int offset, int length) {
    try {
      var request = ReadReq.parseFrom(ByteBuffer.wrap(bytes, offset, length));
      switch (request.getContentCase()) {
        case OPTIONS -> begin(request.getOptions());
        case ACK -> {
          var to = connected();
          to.ack(ids(request.getAck().getIdsList()), taking(length));
        }
        case NACK -> {
          var nack = request.getNack();
          connected().nack(ids(nack.getIdsList()), action(nack), nack.getReason(), taking(length));
        }
        case CONTENT_NOT_SET ->
            throw new IllegalArgumentException(
                "'content' is a required argument of type ContentOneofCase");
      }
    } catch (InvalidProtocolBufferException e) {
      end(Refusal.invalid("The request is not a protobuf message: " + e.getMessage()));
    } catch (RuntimeException e) {
      end(GroupRefusal.of(e));
    }
  }

  private void begin(ReadReq.Options options) {
    if (begun) {
      throw new IllegalArgumentException("The options of a consumer come once, got them again");
    }
    begun = true;
    form = form(options);
    var id = GroupRequests.id(options);
    source = stream(id);
    session.requireReading(source);
    if (options.getBufferSize() <= 0) {
      throw new IllegalArgumentException(
          "A consumer has room for 1 event or more, got a buffer_size of "
              + options.getBufferSize());
    }
    subscription = id.toString();
    // What comes before the group has answered waits.
    call.pause();
    groups.connect(id, this, Math.min(options.getBufferSize(), BUFFER_MAX));
  }

  private static StreamName stream(GroupId id) {
    return switch (id.source()) {
      case GroupSource.OfStream(var stream) -> stream;
      case GroupSource.OfAll() -> StreamName.of(GroupSource.ALL);
    };
  }

  private static UuidForm form(ReadReq.Options options) {
    if (!options.hasUuidOption()) {
      throw new IllegalArgumentException("'uuid_option' is a required argument of type UUIDOption");
    }
    return options.getUuidOption().hasString() ? UuidForm.TEXT : UuidForm.STRUCTURED;
  }

  private Connection connected() {
    if (connection == null) {
      throw new IllegalArgumentException("The first message of a consumer is its options");
    }
    return connection;
  }

  /// Holds the caller up when it says more than the group takes notice of.
  private Runnable taking(int length) {
    var bytes = (long) BYTES_OF_BYTE * length;
    call.keep(bytes);
    if (untaken.incrementAndGet() >= UNTAKEN_MAX && !held) {
      held = true;
      call.pause();
    }
    return () -> {
      var taken = takenBytes.addAndGet(bytes);
      if (untaken.decrementAndGet() == UNTAKEN_MAX / 2 || taken >= TAKEN_BYTES_MAX) {
        call.execute(this::goOn);
      }
    };
  }

  private void goOn() {
    call.keep(-takenBytes.getAndSet(0));
    if (held && untaken.get() <= UNTAKEN_MAX / 2) {
      held = false;
      call.resume();
    }
  }

  private static List<java.util.UUID> ids(List<UUID> ids) {
    return ids.stream().map(ConsumerCall::id).toList();
  }

  private static java.util.UUID id(UUID id) {
    return switch (id.getValueCase()) {
      case STRUCTURED ->
          new java.util.UUID(
              id.getStructured().getMostSignificantBits(),
              id.getStructured().getLeastSignificantBits());
      case STRING -> java.util.UUID.fromString(id.getString());
      case VALUE_NOT_SET ->
          throw new IllegalArgumentException("'value' is a required argument of type UUID");
    };
  }

  private static NackAction action(ReadReq.Nack nack) {
    return switch (nack.getAction()) {
      case Unknown, Retry -> NackAction.RETRY;
      case Park -> NackAction.PARK;
      case Skip -> NackAction.SKIP;
      case Stop -> NackAction.STOP;
      case UNRECOGNIZED ->
          throw new IllegalArgumentException(
              "'%d' is not a valid Action".formatted(nack.getActionValue()));
    };
  }

  @Override
  public void halfClosed() {
    // It has nothing more to ack, so nobody would know what became of an event.
    leave();
    if (!call.ended()) {
      call.complete();
    }
  }

  @Override
  public void cancelled() {
    leave();
  }

  @Override
  public void shuttingDown() {
    end(
        new Refusal(
            GrpcStatus.UNAVAILABLE,
            "Server Is Shutting Down",
            io.leftfold.server.edge.GrpcTrailers.NONE));
  }

  private void end(Refusal refusal) {
    leave();
    refusal.fail(call);
  }

  private void leave() {
    if (connection != null) {
      connection.close();
      connection = null;
    }
  }

  // ---- what the group says, on its thread

  @Override
  public Identity identity() {
    return identity;
  }

  @Override
  public void connected(Connection answers) {
    call.execute(() -> {
      if (call.ended()) {
        answers.close();
        return;
      }
      connection = answers;
      var confirmation = new WireWriter(128);
      ReadResponses.confirmation(confirmation, subscription);
      call.send(confirmation.array(), 0, confirmation.length());
      call.resume();
    });
  }

  @Override
  public Optional<RuntimeException> objection() {
    try {
      session.requireReading(source);
      return Optional.empty();
    } catch (LeftfoldException refused) {
      return Optional.of(refused);
    }
  }

  @Override
  public void deliver(ResolvedEvent event, int retryCount) {
    Events.writeToGroup(out.resetTo(WRITER_BYTES), session.delivered(event), form, retryCount);
    delivered.add(out.toByteArray());
  }

  @Override
  public void flush() {
    var messages = delivered;
    delivered = new ArrayList<>(messages.size());
    call.execute(() -> send(messages));
  }

  private void send(List<byte[]> messages) {
    if (connection == null || call.ended()) {
      return;
    }
    for (var message : messages) {
      call.send(message, 0, message.length);
    }
    if (!call.ready()) {
      connection.reading(false);
      call.onReady(() -> {
        if (connection != null) {
          connection.reading(true);
        }
      });
    }
  }

  @Override
  public void dropped(RuntimeException reason) {
    call.execute(() -> {
      connection = null;
      GroupRefusal.of(reason).fail(call);
    });
  }
}
