// SPDX-License-Identifier: Apache-2.0

package io.leftfold.client;

import com.google.protobuf.MessageLite;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.leftfold.api.AppendCondition;
import io.leftfold.api.AppendResult;
import io.leftfold.api.BackupReport;
import io.leftfold.api.Commit;
import io.leftfold.api.CurrentMetadata;
import io.leftfold.api.EventCounts;
import io.leftfold.api.EventRead;
import io.leftfold.api.EventStore;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.Head;
import io.leftfold.api.LeftfoldException;
import io.leftfold.api.ListOptions;
import io.leftfold.api.Query;
import io.leftfold.api.QueryRead;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.StreamAppend;
import io.leftfold.api.StreamMetadata;
import io.leftfold.api.StreamName;
import io.leftfold.api.StreamRead;
import io.leftfold.api.StreamState;
import io.leftfold.api.StreamSummary;
import io.leftfold.api.SubscribeOptions;
import io.leftfold.api.Subscription;
import io.leftfold.protocol.messages.operations.OperationsGrpc;
import io.leftfold.protocol.messages.operations.StartScavengeReq;
import io.leftfold.protocol.messages.operations.StopScavengeReq;
import io.leftfold.protocol.messages.store.StoreGrpc;
import io.leftfold.protocol.messages.store.Wire;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.LongConsumer;
import java.util.stream.Collectors;

/// The event store of a Leftfold server.
///
/// ```java
/// try (var store = RemoteEventStore.connect("esdb://localhost:2113?tls=false")) {
///   store.append(StreamName.of("account-7"), ExpectedState.noStream(), opened);
/// }
/// ```
///
/// One store is one connection, made when it is first needed and made again whenever it was lost;
/// any number of threads may share it. A call that is not answered within
/// [ConnectionString#defaultDeadline()], or whose server cannot be reached, throws an
/// `UnavailableException` with the reason `UNREACHABLE`: whether a write took place is then
/// unknown, and repeating it with the same event ids is safe. Nothing is repeated by itself. A read
/// that lost its server throws the same; open it again behind the last event it gave. A
/// subscription looks for its server as long as the default deadline and goes on behind the last
/// event it gave, without a loss or a double; only then it throws. One that was to begin at the
/// end, or at a time, and had said nothing yet throws at once.
///
/// A server that is silent is asked for a sign of life, and lost if none comes
/// ([ConnectionString#keepAlive()]): however long a laptop slept, what waits for a server that has
/// forgotten it notices.
///
/// Reads and subscriptions hold a few batches of events each; the rest waits at the server.
public final class RemoteEventStore implements EventStore {

  private final ManagedChannel channel;
  private final ConnectionString connection;
  private final Failures failures;
  private final Set<Inflow<?>> open = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  private RemoteEventStore(ConnectionString connection) {
    this.connection = connection;
    this.failures = new Failures(connection);
    this.channel = Channels.open(connection);
  }

  /// The store that a connection string leads to. Nothing is sent yet.
  ///
  /// @param connectionString as [ConnectionString] describes it
  /// @return the store, to be closed after use
  /// @throws IllegalArgumentException if it is not a connection string
  public static RemoteEventStore connect(String connectionString) {
    return connect(ConnectionString.parse(connectionString));
  }

  /// The store that a connection string leads to. Nothing is sent yet.
  ///
  /// @param connection where and how
  /// @return the store, to be closed after use
  /// @throws IllegalArgumentException if it names files with certificates that cannot be read
  public static RemoteEventStore connect(ConnectionString connection) {
    return new RemoteEventStore(connection);
  }

  @Override
  public AppendResult append(Commit commit) {
    var call = "The append to " + names(commit.parts());
    return understood(
        call,
        FromWire::appended,
        ask(StoreGrpc.getAppendMethod(), ToWire.append(commit), call, commit.conditions()));
  }

  @Override
  public StreamRead read(StreamName stream, ReadOptions options) {
    return read(ToWire.read(stream, options), "The read of " + stream);
  }

  @Override
  public EventRead readAll(ReadOptions options) {
    return read(ToWire.readAll(options), "The read of all streams");
  }

  @Override
  public QueryRead read(Query query, ReadOptions options) {
    return read(ToWire.read(query, options), "The read by query");
  }

  private RemoteRead read(Wire.ReadRequest request, String call) {
    var inflow = open(StoreGrpc.getReadMethod(), request);
    var first = first(inflow, call);
    var state =
        first.hasState()
            ? understood(call, FromWire::state, first.getState())
            : new StreamState.Absent();
    var head = understood(call, Head::new, first.getHead());
    return new RemoteRead(inflow, state, head, call, failures, () -> open.remove(inflow));
  }

  @Override
  public Subscription subscribe(StreamName stream, SubscribeOptions options) {
    return subscribe(ToWire.subscribe(stream, options), "The subscription to " + stream);
  }

  @Override
  public Subscription subscribeToAll(SubscribeOptions options) {
    return subscribe(ToWire.subscribeToAll(options), "The subscription to all streams");
  }

  private Subscription subscribe(Wire.SubscribeRequest request, String call) {
    var inflow = open(StoreGrpc.getSubscribeMethod(), request);
    first(inflow, call);
    return new RemoteSubscription(inflow, request, new SubscribeCalls(), call, failures);
  }

  @Override
  public long delete(StreamName stream, ExpectedState expected) {
    var request =
        Wire.DeleteRequest.newBuilder()
            .setStream(stream.value())
            .setExpected(ToWire.expected(expected))
            .build();
    return ask(StoreGrpc.getDeleteMethod(), request, "The delete of " + stream).getPosition();
  }

  @Override
  public long tombstone(StreamName stream, ExpectedState expected) {
    var request =
        Wire.TombstoneRequest.newBuilder()
            .setStream(stream.value())
            .setExpected(ToWire.expected(expected))
            .build();
    return ask(StoreGrpc.getTombstoneMethod(), request, "The tombstone of " + stream).getPosition();
  }

  @Override
  public boolean isInThisProcess() {
    return false;
  }

  @Override
  public StreamState state(StreamName stream) {
    var call = "The state of " + stream;
    var request = Wire.StreamStateRequest.newBuilder().setStream(stream.value()).build();
    return understood(
        call, FromWire::state, ask(StoreGrpc.getStreamStateMethod(), request, call).getState());
  }

  @Override
  public CurrentMetadata metadata(StreamName stream) {
    var call = "The metadata of " + stream;
    var request = Wire.MetadataRequest.newBuilder().setStream(stream.value()).build();
    return understood(call, FromWire::metadata, ask(StoreGrpc.getMetadataMethod(), request, call));
  }

  @Override
  public AppendResult writeMetadata(
      StreamName stream, ExpectedState expected, StreamMetadata metadata) {
    var call = "The write of the metadata of " + stream;
    var request =
        Wire.WriteMetadataRequest.newBuilder()
            .setStream(stream.value())
            .setExpected(ToWire.expected(expected))
            .setMetadata(ToWire.metadata(metadata))
            .build();
    return understood(
        call, FromWire::appended, ask(StoreGrpc.getWriteMetadataMethod(), request, call));
  }

  @Override
  public List<StreamSummary> streams(ListOptions options) {
    var call = "The list of streams";
    var summaries = new ArrayList<StreamSummary>();
    try (var inflow = open(StoreGrpc.getListStreamsMethod(), ToWire.list(options))) {
      try {
        while (opening(inflow, call) instanceof Inflow.Taken.Message(var response)) {
          for (var stream : response.getStreamsList()) {
            summaries.add(understood(call, FromWire::summary, stream));
          }
        }
      } finally {
        open.remove(inflow);
      }
    }
    return List.copyOf(summaries);
  }

  @Override
  public OptionalLong trackingPosition(String source) {
    var response =
        ask(
            StoreGrpc.getTrackingPositionMethod(),
            Wire.TrackingPositionRequest.newBuilder().setSource(source).build(),
            "The tracking of " + source);
    return response.hasPosition() ? OptionalLong.of(response.getPosition()) : OptionalLong.empty();
  }

  @Override
  public Optional<Long> lastPosition() {
    var response =
        ask(
            StoreGrpc.getLastPositionMethod(),
            Wire.LastPositionRequest.getDefaultInstance(),
            "The last position");
    return response.hasPosition() ? Optional.of(response.getPosition()) : Optional.empty();
  }

  @Override
  public long positionAt(Instant time) {
    var request = Wire.PositionAtRequest.newBuilder().setTime(ToWire.time(time)).build();
    return ask(StoreGrpc.getPositionAtMethod(), request, "The position at " + time).getPosition();
  }

  /// What the server says about itself: how many events and streams it has, how large its files
  /// are.
  ///
  /// @return figures by name, in the order of names
  public Map<String, String> stats() {
    return new TreeMap<>(askStats().getStatsMap());
  }

  /// How many events the server has of the most frequent types and categories.
  ///
  /// @return of some hundred of each, if there are more
  public EventCounts counts() {
    var stats = askStats();
    return new EventCounts(counts(stats.getTypesList()), counts(stats.getCategoriesList()));
  }

  private static Map<String, Long> counts(List<Wire.StatsResponse.EventCount> wire) {
    var counts = new LinkedHashMap<String, Long>();
    wire.forEach(count -> counts.put(count.getName(), count.getEvents()));
    return counts;
  }

  private Wire.StatsResponse askStats() {
    return ask(
        StoreGrpc.getStatsMethod(), Wire.StatsRequest.getDefaultInstance(), "The statistics");
  }

  /// Lets the server forget what may be forgotten, in the background. Its history is in the stream
  /// `$scavenges`.
  ///
  /// @return the id of the scavenge that goes on now, which may have been begun before
  public String startScavenge() {
    return ask(
            OperationsGrpc.getStartScavengeMethod(),
            StartScavengeReq.getDefaultInstance(),
            "The start of a scavenge")
        .getScavengeId();
  }

  /// Ends a scavenge of the server.
  ///
  /// @param id which one
  public void stopScavenge(String id) {
    var request =
        StopScavengeReq.newBuilder()
            .setOptions(StopScavengeReq.Options.newBuilder().setScavengeId(id))
            .build();
    ask(OperationsGrpc.getStopScavengeMethod(), request, "The stop of scavenge " + id);
  }

  /// Lets the server copy its store, or what is new in it since the last time, to a directory of
  /// its own. Waits until that is done; an interrupt ends the backup, which is a whole one all the
  /// same, of less.
  ///
  /// @param name of the directory, in the one that the server keeps backups in
  /// @param progress is told now and then how many bytes were copied
  /// @return what was done
  /// @throws UnavailableException if the server keeps no backups, or cannot write the copy
  /// @throws IllegalArgumentException if the name is none, or has the backup of another store
  public BackupReport backup(String name, LongConsumer progress) {
    var call = "The backup to " + name;
    var request = Wire.BackupRequest.newBuilder().setName(name).build();
    try (var inflow = open(StoreGrpc.getBackupMethod(), request)) {
      try {
        while (true) {
          switch (taken(call, inflow::take)) {
            case Inflow.Taken.Message(var response) when response.hasReport() -> {
              return understood(call, FromWire::backup, response.getReport());
            }
            case Inflow.Taken.Message(var response) -> progress.accept(response.getBytesCopied());
            case Inflow.Taken.End() ->
                throw failures.notUnderstood(
                    call, new IllegalStateException("it ended without a report"));
            case Inflow.Taken.Nothing() -> throw new AssertionError("nothing was waited for");
            case Inflow.Taken.Cancelled() -> throw closed();
          }
        }
      } finally {
        open.remove(inflow);
      }
    }
  }

  @Override
  public void close() {
    closed = true;
    open.forEach(Inflow::close);
    Channels.close(channel);
  }

  private static String names(List<StreamAppend> commit) {
    var named =
        commit.stream()
            .limit(3)
            .map(part -> part.stream().value())
            .collect(Collectors.joining(", "));
    return commit.size() <= 3 ? named : "%s and %d more".formatted(named, commit.size() - 3);
  }

  /// The persistent subscriptions of the server, for its operator. Closed with this store.
  ///
  /// @return what can be asked of them
  public RemoteGroups groups() {
    return new RemoteGroups(channel, connection, failures);
  }

  /// The projections of the server, for whoever looks after them. Closed with this store.
  ///
  /// @return what can be asked of them
  public RemoteProjections projections() {
    return new RemoteProjections(channel, connection, failures);
  }

  /// A call with one answer.
  private <Q extends MessageLite, A> A ask(MethodDescriptor<Q, A> method, Q request, String call) {
    return ask(method, request, call, List.of());
  }

  private <Q extends MessageLite, A> A ask(
      MethodDescriptor<Q, A> method, Q request, String call, List<AppendCondition> conditions) {
    checkOpen();
    try {
      return ClientCalls.blockingUnaryCall(
          channel,
          method,
          CallOptions.DEFAULT.withDeadlineAfter(connection.defaultDeadline()),
          request);
    } catch (StatusRuntimeException e) {
      throw failed(e, call, request, conditions);
    }
  }

  private RuntimeException failed(
      StatusRuntimeException e,
      String call,
      MessageLite request,
      List<AppendCondition> conditions) {
    if (Thread.currentThread().isInterrupted()
        && e.getStatus().getCode() == Status.Code.CANCELLED) {
      return failures.interrupted(call);
    }
    return closed ? closed() : failures.of(e, call, request.getSerializedSize(), conditions);
  }

  /// How a subscription goes on.
  private final class SubscribeCalls implements RemoteSubscription.Calls {
    @Override
    public Inflow<Wire.SubscribeResponse> open(Wire.SubscribeRequest request) {
      return RemoteEventStore.this.open(
          StoreGrpc.getSubscribeMethod(), request, CallOptions.DEFAULT.withWaitForReady());
    }

    @Override
    public void over(Inflow<Wire.SubscribeResponse> call) {
      open.remove(call);
    }
  }

  /// A call with many answers.
  private <Q, A> Inflow<A> open(MethodDescriptor<Q, A> method, Q request) {
    return open(method, request, CallOptions.DEFAULT);
  }

  private <Q, A> Inflow<A> open(MethodDescriptor<Q, A> method, Q request, CallOptions options) {
    checkOpen();
    var inflow = Inflow.open(channel, method, request, options);
    open.add(inflow);
    if (closed) {
      // It may have come in after close() had gone through the others.
      inflow.close();
    }
    return inflow;
  }

  /// The first answer of a call with many: it says that the call is open.
  private <A> A first(Inflow<A> inflow, String call) {
    var opened = false;
    try {
      var first =
          switch (opening(inflow, call)) {
            case Inflow.Taken.Message(var message) -> message;
            case Inflow.Taken.End() ->
                throw failures.notUnderstood(
                    call, new IllegalStateException("it ended before it said that it is open"));
            case Inflow.Taken.Nothing() -> throw new AssertionError("nothing was waited for");
            case Inflow.Taken.Cancelled() -> throw closed();
          };
      opened = true;
      return first;
    } finally {
      if (!opened) {
        inflow.close();
        open.remove(inflow);
      }
    }
  }

  /// The next answer, for which the default deadline holds.
  private <A> Inflow.Taken<A> opening(Inflow<A> inflow, String call) {
    return switch (taken(call, () -> inflow.take(connection.defaultDeadline()))) {
      case Inflow.Taken.Nothing() ->
          throw failures.of(Status.DEADLINE_EXCEEDED.asRuntimeException(), call, 0);
      case Inflow.Taken.Cancelled() -> throw closed();
      case Inflow.Taken<A> taken -> taken;
    };
  }

  /// Waits for an answer.
  @FunctionalInterface
  private interface Taking<A> {
    Inflow.Taken<A> take() throws InterruptedException;
  }

  private <A> Inflow.Taken<A> taken(String call, Taking<A> taking) {
    try {
      return taking.take();
    } catch (StatusRuntimeException e) {
      throw closed ? closed() : failures.of(e, call, 0);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      throw failures.interrupted(call);
    }
  }

  /// What an answer means, or that it means nothing to this client.
  private <M, V> V understood(String call, Function<M, V> meaning, M message) {
    try {
      return meaning.apply(message);
    } catch (IllegalArgumentException e) {
      throw failures.notUnderstood(call, e);
    }
  }

  private void checkOpen() {
    if (closed) {
      throw closed();
    }
  }

  private LeftfoldException closed() {
    return Failures.closed("The connection to " + connection.seeds().getFirst());
  }
}
