// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.tcp;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import io.leftfold.api.NotAuthorizedException;
import io.leftfold.api.UnavailableException;
import io.leftfold.protocol.messages.tcp.ConnectToPersistentSubscription;
import io.leftfold.protocol.messages.tcp.DeletePersistentSubscription;
import io.leftfold.protocol.messages.tcp.DeleteStream;
import io.leftfold.protocol.messages.tcp.FilteredReadAllEvents;
import io.leftfold.protocol.messages.tcp.FilteredSubscribeToStream;
import io.leftfold.protocol.messages.tcp.IdentifyClient;
import io.leftfold.protocol.messages.tcp.NotHandled.NotHandledReason;
import io.leftfold.protocol.messages.tcp.PersistentSubscriptionAckEvents;
import io.leftfold.protocol.messages.tcp.PersistentSubscriptionNakEvents;
import io.leftfold.protocol.messages.tcp.PersistentSubscriptionSettings;
import io.leftfold.protocol.messages.tcp.ReadAllEvents;
import io.leftfold.protocol.messages.tcp.ReadEvent;
import io.leftfold.protocol.messages.tcp.ReadStreamEvents;
import io.leftfold.protocol.messages.tcp.ScavengeDatabaseResponse;
import io.leftfold.protocol.messages.tcp.ScavengeDatabaseResponse.ScavengeResult;
import io.leftfold.protocol.messages.tcp.SubscribeToStream;
import io.leftfold.protocol.messages.tcp.SubscriptionDropped.SubscriptionDropReason;
import io.leftfold.protocol.messages.tcp.TransactionCommit;
import io.leftfold.protocol.messages.tcp.TransactionStart;
import io.leftfold.protocol.messages.tcp.TransactionWrite;
import io.leftfold.protocol.messages.tcp.WriteEvents;
import io.leftfold.protocol.messages.tcp.WriteEventsMultiStream;
import io.leftfold.server.access.Authenticator;
import io.leftfold.server.access.Caller;
import io.leftfold.server.access.NotAuthenticatedException;
import io.leftfold.server.edge.FrameConnection;
import io.leftfold.server.edge.FrameListener;
import io.leftfold.server.group.Groups;
import io.leftfold.server.node.Connections;
import io.leftfold.server.node.Node;
import io.leftfold.server.node.Session;
import io.leftfold.server.node.Turns;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadFactory;
import java.util.function.Consumer;
import java.util.function.Function;

/// One connection: finds out who asks, and hands each package to what answers its kind.
///
/// It is not heard while a password is being looked at, so packages are taken in the order in which
/// they came; nor while as many of its requests are under way as may be.
final class TcpConnection implements FrameListener {

  private static final int UNDER_WAY_MAX = 1024;
  private static final int SUBSCRIPTIONS_MAX = 4096;

  private final FrameConnection connection;
  private final Connections.Open figures;
  private final Node node;
  private final Authenticator authenticator;
  private final Groups groups;
  private final ThreadFactory threads;
  private final WriteCalls writes;
  private final ReadCalls pages;
  private final Reads reads;
  private final RequestWatch watch;
  private final FollowCalls follows;
  private final GroupCalls groupCalls;

  /// By the correlation that each was begun with.
  private final Map<Request.Id, Subscribed> subscriptions = new HashMap<>();

  private Optional<String> authorization = Optional.empty();
  private String name = "";
  private long heartbeats;
  private int underWay;
  private boolean full;
  private boolean authenticating;

  TcpConnection(
      FrameConnection connection,
      Connections.Open figures,
      Node node,
      Authenticator authenticator,
      Groups groups,
      ThreadFactory threads,
      WriteCalls writes,
      ReadCalls pages,
      Reads reads,
      RequestWatch watch) {
    this.connection = connection;
    this.figures = figures;
    this.node = node;
    this.authenticator = authenticator;
    this.groups = groups;
    this.threads = threads;
    this.writes = writes;
    this.pages = pages;
    this.reads = reads;
    this.watch = watch;
    this.follows = new FollowCalls(connection, threads);
    this.groupCalls = new GroupCalls(groups);
  }

  // ---- frames

  @Override
  public void frame(byte[] bytes, int offset, int length) {
    figures.received(Exchange.PREFIX_BYTES + (long) length);
    try {
      if (length < 1) {
        throw new Request.MalformedException("Invalid TCP frame received: it is empty");
      }
      take(Request.of(bytes, offset, length));
    } catch (Request.MalformedException e) {
      var words = String.valueOf(e.getMessage());
      exchange(Request.id(bytes, offset, length)).answer(Command.BAD_REQUEST, words);
      connection.close(words);
    }
  }

  @Override
  public void oversized(int length) {
    exchange(Request.Id.NONE)
        .answer(
            Command.BAD_REQUEST,
            "Invalid TCP frame received: it has 1 to %d bytes, and %d are announced"
                .formatted(TcpHandler.PACKAGE_BYTES_MAX, length));
  }

  private void take(Request request) {
    var exchange = exchange(request.id());
    var command = Command.of(request.code()).orElse(null);
    if (command == null) {
      exchange.answer(Command.BAD_REQUEST, unwrapped(request, "it is not known here"));
      return;
    }
    try {
      take(request, command, exchange);
    } catch (InvalidProtocolBufferException e) {
      exchange.answer(Command.BAD_REQUEST, unwrapped(request, String.valueOf(e.getMessage())));
    } catch (RuntimeException | Error e) {
      Refusal.answer(exchange, e);
    }
  }

  private static String unwrapped(Request request, String why) {
    return "Could not unwrap network package for command 0x%02X.\n%s"
        .formatted(request.code(), why);
  }

  private void take(Request request, Command command, Exchange exchange)
      throws InvalidProtocolBufferException {
    switch (command) {
      case HEARTBEAT_REQUEST -> exchange.answer(Command.HEARTBEAT_RESPONSE);
      case PING -> exchange.answer(pong(request));
      case IDENTIFY_CLIENT -> {
        name = parsed(IdentifyClient.parser(), request).getConnectionName();
        figures.named(name);
        exchange.answer(Command.CLIENT_IDENTIFIED);
      }
      case AUTHENTICATE -> authenticate(request, exchange);
      case UNSUBSCRIBE_FROM_STREAM -> unsubscribe(exchange);
      case WRITE_EVENTS -> {
        var message = parsed(WriteEvents.parser(), request);
        as(request, (session, to) -> writes.write(to, session, message));
      }
      case WRITE_EVENTS_MULTI_STREAM -> {
        var message = parsed(WriteEventsMultiStream.parser(), request);
        as(request, (session, to) -> writes.writeMany(to, session, message));
      }
      case DELETE_STREAM -> {
        var message = parsed(DeleteStream.parser(), request);
        as(request, (session, to) -> writes.delete(to, session, message));
      }
      case TRANSACTION_START -> {
        var message = parsed(TransactionStart.parser(), request);
        as(request, (session, to) -> writes.start(to, session, message));
      }
      case TRANSACTION_WRITE -> {
        var message = parsed(TransactionWrite.parser(), request);
        as(request, (session, to) -> writes.add(to, session, message));
      }
      case TRANSACTION_COMMIT -> {
        var message = parsed(TransactionCommit.parser(), request);
        as(request, (session, to) -> writes.commit(to, session, message));
      }
      case READ_EVENT -> {
        var message = parsed(ReadEvent.parser(), request);
        reading(request, session -> pages.event(session, message));
      }
      case READ_STREAM_FORWARD, READ_STREAM_BACKWARD -> {
        var message = parsed(ReadStreamEvents.parser(), request);
        var backwards = command == Command.READ_STREAM_BACKWARD;
        reading(request, session -> pages.stream(session, message, backwards));
      }
      case READ_ALL_FORWARD, READ_ALL_BACKWARD -> {
        var message = parsed(ReadAllEvents.parser(), request);
        var backwards = command == Command.READ_ALL_BACKWARD;
        reading(request, session -> pages.all(session, message, backwards));
      }
      case FILTERED_READ_ALL_FORWARD, FILTERED_READ_ALL_BACKWARD -> {
        var message = parsed(FilteredReadAllEvents.parser(), request);
        var backwards = command == Command.FILTERED_READ_ALL_BACKWARD;
        reading(request, session -> pages.filtered(session, message, backwards));
      }
      case SUBSCRIBE_TO_STREAM -> {
        var message = parsed(SubscribeToStream.parser(), request);
        following(request, (session, to) -> follows.begin(to, session, message));
      }
      case FILTERED_SUBSCRIBE_TO_STREAM -> {
        var message = parsed(FilteredSubscribeToStream.parser(), request);
        following(request, (session, to) -> follows.begin(to, session, message));
      }
      case CONNECT_TO_PERSISTENT_SUBSCRIPTION -> {
        var message = parsed(ConnectToPersistentSubscription.parser(), request);
        following(
            request,
            (session, to) -> Consuming.begin(to, connection, session, groups, name, message));
      }
      case PERSISTENT_SUBSCRIPTION_ACK -> {
        var message = parsed(PersistentSubscriptionAckEvents.parser(), request);
        answering(request, (consuming, taken) -> consuming.ack(message, taken));
      }
      case PERSISTENT_SUBSCRIPTION_NAK -> {
        var message = parsed(PersistentSubscriptionNakEvents.parser(), request);
        answering(request, (consuming, taken) -> consuming.nak(message, taken));
      }
      case CREATE_PERSISTENT_SUBSCRIPTION -> {
        var message = parsed(PersistentSubscriptionSettings.parser(), request);
        aside(
            request,
            Command.CREATE_PERSISTENT_SUBSCRIPTION_COMPLETED,
            session -> groupCalls.create(session, message));
      }
      case UPDATE_PERSISTENT_SUBSCRIPTION -> {
        var message = parsed(PersistentSubscriptionSettings.parser(), request);
        aside(
            request,
            Command.UPDATE_PERSISTENT_SUBSCRIPTION_COMPLETED,
            session -> groupCalls.update(session, message));
      }
      case DELETE_PERSISTENT_SUBSCRIPTION -> {
        var message = parsed(DeletePersistentSubscription.parser(), request);
        aside(
            request,
            Command.DELETE_PERSISTENT_SUBSCRIPTION_COMPLETED,
            session -> groupCalls.delete(session, message));
      }
      case SCAVENGE_DATABASE ->
          aside(request, Command.SCAVENGE_DATABASE_RESPONSE, TcpConnection::scavenge);
      // Answers to what this side has asked, or would have.
      case HEARTBEAT_RESPONSE, PONG, BAD_REQUEST -> exchange.end();
      case WRITE_EVENTS_COMPLETED,
          TRANSACTION_START_COMPLETED,
          TRANSACTION_WRITE_COMPLETED,
          TRANSACTION_COMMIT_COMPLETED,
          DELETE_STREAM_COMPLETED,
          WRITE_EVENTS_MULTI_STREAM_COMPLETED,
          READ_EVENT_COMPLETED,
          READ_STREAM_FORWARD_COMPLETED,
          READ_STREAM_BACKWARD_COMPLETED,
          READ_ALL_FORWARD_COMPLETED,
          READ_ALL_BACKWARD_COMPLETED,
          FILTERED_READ_ALL_FORWARD_COMPLETED,
          FILTERED_READ_ALL_BACKWARD_COMPLETED,
          SUBSCRIPTION_CONFIRMATION,
          STREAM_EVENT_APPEARED,
          SUBSCRIPTION_DROPPED,
          PERSISTENT_SUBSCRIPTION_CONFIRMATION,
          PERSISTENT_SUBSCRIPTION_EVENT_APPEARED,
          CREATE_PERSISTENT_SUBSCRIPTION_COMPLETED,
          DELETE_PERSISTENT_SUBSCRIPTION_COMPLETED,
          UPDATE_PERSISTENT_SUBSCRIPTION_COMPLETED,
          SCAVENGE_DATABASE_RESPONSE,
          CHECKPOINT_REACHED,
          NOT_HANDLED,
          AUTHENTICATED,
          NOT_AUTHENTICATED,
          CLIENT_IDENTIFIED ->
          exchange.answer(
              Command.BAD_REQUEST, unwrapped(request, "it is an answer, and nothing was asked"));
    }
  }

  private static byte[] pong(Request request) {
    return Exchange.encoded(
        Command.PONG,
        request.id(),
        Arrays.copyOfRange(request.bytes(), request.offset(), request.offset() + request.length()));
  }

  private static <M> M parsed(Parser<M> parser, Request request)
      throws InvalidProtocolBufferException {
    MessageBounds.require(request);
    return parser.parseFrom(request.bytes(), request.offset(), request.length());
  }

  // ---- who asks

  private Exchange exchange(Request.Id id) {
    return new Exchange(connection, figures, id, _ -> {});
  }

  private void authenticate(Request request, Exchange exchange) {
    if (request.authorization().isEmpty()) {
      exchange.answer(Command.NOT_AUTHENTICATED, "No user credentials provided.");
      return;
    }
    identify(
        request.authorization(),
        exchange,
        "Unauthorized",
        _ -> {
          authorization = request.authorization();
          exchange.answer(Command.AUTHENTICATED);
        });
  }

  /// Finds out who somebody is: at once, if that was seen lately; others are not heard meanwhile.
  private void identify(
      Optional<String> credentials, Exchange exchange, String refusal, Consumer<Caller> then) {
    var known = authenticator.known(credentials);
    if (known.isPresent()) {
      then.accept(known.get());
      return;
    }
    authenticating = true;
    connection.pause();
    var peer = connection.peer().host();
    threads
        .newThread(() -> {
          try {
            var caller = authenticator.authenticate(credentials, peer);
            connection.execute(() -> identified(() -> then.accept(caller)));
          } catch (NotAuthenticatedException _) {
            // Why is in the log; whoever tries is not told.
            connection.execute(
                () -> identified(() -> exchange.answer(Command.NOT_AUTHENTICATED, refusal)));
          } catch (RuntimeException | Error e) {
            connection.execute(() -> identified(() -> Refusal.answer(exchange, e)));
          }
        })
        .start();
  }

  private void identified(Runnable then) {
    authenticating = false;
    try {
      if (!connection.ended()) {
        then.run();
      }
    } finally {
      hearIfPossible();
    }
  }

  private void hearIfPossible() {
    if (!full && !authenticating) {
      connection.resume();
    }
  }

  private Session session(Caller caller) {
    return node.as(caller, connection.peer().host(), new Turns.Origin(this, connection));
  }

  // ---- requests, each with an answer

  /// Answers a request of somebody.
  private interface Answering {
    void answer(Session session, Exchange exchange);
  }

  private void as(Request request, Answering work) {
    var counted = counted(request);
    identify(
        request.authorization().or(() -> authorization),
        counted,
        "Not Authenticated",
        caller -> {
          try {
            work.answer(session(caller), counted);
          } catch (RuntimeException | Error e) {
            Refusal.answer(counted, e);
          }
        });
  }

  /// Counts a request until it is answered.
  private Exchange counted(Request request) {
    var bytes = request.length();
    connection.keep(bytes);
    if (++underWay >= UNDER_WAY_MAX) {
      full = true;
      connection.pause();
    }
    var watched = watch.begun(Command.name(request.code()));
    return new Exchange(
        connection,
        figures,
        request.id(),
        answer -> {
          watched.over(answer);
          connection.keep(-bytes);
          underWay--;
          if (full && underWay <= UNDER_WAY_MAX / 2) {
            full = false;
            hearIfPossible();
          }
        });
  }

  private void reading(Request request, Function<Session, ReadCalls.Answer> page) {
    as(request, (session, exchange) -> reads.add(exchange, () -> page.apply(session)));
  }

  /// Does what may wait, on a thread of its own.
  private void aside(Request request, Command answered, Function<Session, MessageLite> work) {
    as(
        request,
        (session, exchange) ->
            threads
                .newThread(() -> {
                  try {
                    var answer = exchange.encoded(answered, work.apply(session));
                    connection.execute(() -> exchange.answer(answer));
                  } catch (RuntimeException | Error e) {
                    connection.execute(() -> Refusal.answer(exchange, e));
                  }
                })
                .start());
  }

  private static MessageLite scavenge(Session session) {
    try {
      var scavenge = session.operator().startScavenge(0);
      return ScavengeDatabaseResponse.newBuilder()
          .setResult(scavenge.isNew() ? ScavengeResult.Started : ScavengeResult.InProgress)
          .setScavengeId(scavenge.id().toString())
          .build();
    } catch (NotAuthorizedException _) {
      return ScavengeDatabaseResponse.newBuilder()
          .setResult(ScavengeResult.Unauthorized)
          .setScavengeId("")
          .build();
    }
  }

  // ---- subscriptions

  /// Begins a subscription of somebody.
  private interface Beginning {
    Subscribed begin(Session session, Exchange exchange);
  }

  private void following(Request request, Beginning work) {
    var id = request.id();
    as(
        request,
        (session, counted) -> {
          counted.end();
          var exchange = new Exchange(connection, figures, id, _ -> subscriptions.remove(id));
          var before = subscriptions.remove(id);
          if (before != null) {
            before.stop();
          }
          if (subscriptions.size() >= SUBSCRIPTIONS_MAX) {
            exchange.answer(Command.NOT_HANDLED, Refusal.notHandled(NotHandledReason.TooBusy));
            return;
          }
          try {
            subscriptions.put(id, work.begin(session, exchange));
          } catch (RuntimeException | Error e) {
            refuse(exchange, e);
          }
        });
  }

  private static void refuse(Exchange exchange, Throwable error) {
    switch (error) {
      case UnavailableException unavailable -> Refusal.answer(exchange, unavailable);
      case IllegalArgumentException misuse -> Refusal.answer(exchange, misuse);
      case RuntimeException e ->
          exchange.answer(
              Command.SUBSCRIPTION_DROPPED, FollowCalls.dropped(Consuming.dropReason(e)));
      default -> Refusal.answer(exchange, error);
    }
  }

  private void unsubscribe(Exchange exchange) {
    var subscription = subscriptions.get(exchange.id());
    if (subscription != null) {
      subscription.drop(SubscriptionDropReason.Unsubscribed);
    } else {
      exchange.answer(
          Command.SUBSCRIPTION_DROPPED, FollowCalls.dropped(SubscriptionDropReason.Unsubscribed));
    }
  }

  /// Tells a consumer's group something.
  private interface Telling {
    void tell(Consuming consuming, Runnable taken);
  }

  /// Acks need no answer; one of a consumer that is none any more is nobody's.
  private void answering(Request request, Telling work) {
    if (subscriptions.get(request.id()) instanceof Consuming consuming) {
      var counted = counted(request);
      try {
        work.tell(consuming, () -> connection.execute(counted::end));
      } catch (RuntimeException e) {
        Refusal.answer(counted, e);
      }
    }
  }

  // ---- the edge

  @Override
  public void silent() {
    exchange(new Request.Id(0, ++heartbeats)).answer(Command.HEARTBEAT_REQUEST);
  }

  @Override
  public void closed() {
    figures.closed();
    reads.stop();
    shuttingDown();
  }

  @Override
  public void shuttingDown() {
    List.copyOf(subscriptions.values()).forEach(Subscribed::stop);
    subscriptions.clear();
  }

  @Override
  public boolean isBusy() {
    return underWay > 0;
  }
}
