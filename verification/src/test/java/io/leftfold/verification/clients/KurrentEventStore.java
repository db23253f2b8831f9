// SPDX-License-Identifier: Apache-2.0

package io.leftfold.verification.clients;

import static java.util.stream.Collectors.joining;

import io.grpc.StatusRuntimeException;
import io.kurrent.dbclient.ConnectionShutdownException;
import io.kurrent.dbclient.DeleteStreamOptions;
import io.kurrent.dbclient.EventData;
import io.kurrent.dbclient.EventDataBuilder;
import io.kurrent.dbclient.KurrentDBClient;
import io.kurrent.dbclient.KurrentDBConnectionString;
import io.kurrent.dbclient.Position;
import io.kurrent.dbclient.ReadAllOptions;
import io.kurrent.dbclient.ReadStreamOptions;
import io.kurrent.dbclient.StreamDeletedException;
import io.kurrent.dbclient.StreamNotFoundException;
import io.kurrent.dbclient.SubscribeToAllOptions;
import io.kurrent.dbclient.SubscribeToStreamOptions;
import io.kurrent.dbclient.SubscriptionFilter;
import io.kurrent.dbclient.WrongExpectedVersionException;
import io.leftfold.api.AppendResult;
import io.leftfold.api.Commit;
import io.leftfold.api.ContentType;
import io.leftfold.api.CurrentMetadata;
import io.leftfold.api.EventFilter;
import io.leftfold.api.EventRead;
import io.leftfold.api.EventStore;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.LeftfoldException;
import io.leftfold.api.LimitExceededException;
import io.leftfold.api.ListOptions;
import io.leftfold.api.NotAuthorizedException;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.Query;
import io.leftfold.api.QueryRead;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.ReadOptions.Direction;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.ResolvedEvent;
import io.leftfold.api.StreamMetadata;
import io.leftfold.api.StreamName;
import io.leftfold.api.StreamRead;
import io.leftfold.api.StreamState;
import io.leftfold.api.StreamSummary;
import io.leftfold.api.StreamTombstonedException;
import io.leftfold.api.SubscribeOptions;
import io.leftfold.api.Subscription;
import io.leftfold.api.SubscriptionMessage;
import io.leftfold.api.UnavailableException;
import io.leftfold.api.UnavailableException.Reason;
import io.leftfold.api.WrongExpectedStateException;
import io.leftfold.testkit.InMemoryEventStore;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The official Java client, dressed as an [EventStore], so that it can stand the contract.
///
/// What the client has no words for is not there: commits of several streams, tags, lists, whether
/// an append was a repeated one. A filtered read, which it has no words for either, is what a
/// filtered subscription gives until it has caught up.
final class KurrentEventStore implements EventStore {

  private static final long PATIENCE_SECONDS = 30;

  /// Held, for loggers that nobody holds forget their level. Each client tells its coming and
  /// going.
  private static final Logger LOG_OF_CLIENT = Logger.getLogger("io.kurrent.dbclient");

  static {
    LOG_OF_CLIENT.setLevel(Level.WARNING);
  }

  private final KurrentDBClient client;
  private final Set<KurrentSubscription> subscriptions = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  private KurrentEventStore(KurrentDBClient client) {
    this.client = client;
  }

  static KurrentEventStore connect(String connectionString) {
    return new KurrentEventStore(
        KurrentDBClient.create(KurrentDBConnectionString.parseOrThrow(connectionString)));
  }

  // ---- appending

  @Override
  public AppendResult append(Commit commit) {
    if (!commit.conditions().isEmpty() || commit.tracking().isPresent()) {
      throw new UnsupportedOperationException(
          "The client has no words for conditions and tracking");
    }
    if (commit.parts().size() != 1) {
      throw new IllegalArgumentException(
          "The client appends to one stream at a time, got " + commit.parts().size());
    }
    var append = commit.parts().getFirst();
    var name = append.stream().value();
    var options =
        io.kurrent.dbclient.AppendToStreamOptions.get().streamState(toWire(append.expected()));
    var events = append.events().stream().map(KurrentEventStore::toWire).iterator();
    var result =
        result(append.stream(), append.expected(), client.appendToStream(name, options, events));
    var last = result.getNextExpectedRevision().toRawLong();
    return new AppendResult(
        position(result.getLogPosition()),
        List.of(
            new AppendResult.AppendedStream(
                append.stream(), last - append.events().size() + 1, last)),
        false);
  }

  @Override
  public QueryRead read(Query query, ReadOptions options) {
    throw new UnsupportedOperationException("The client has no words for queries");
  }

  @Override
  public OptionalLong trackingPosition(String source) {
    throw new UnsupportedOperationException("The client has no words for tracking");
  }

  private static OptionalLong position(@Nullable Position position) {
    return position == null ? OptionalLong.empty() : OptionalLong.of(position.getCommitUnsigned());
  }

  private static EventData toWire(ProposedEvent event) {
    if (!event.tags().isEmpty()) {
      throw new UnsupportedOperationException("The client has no words for tags");
    }
    var builder =
        event.contentType() == ContentType.JSON
            ? EventDataBuilder.json(event.id(), event.type(), event.data())
            : EventDataBuilder.binary(event.id(), event.type(), event.data());
    return builder.metadataAsBytes(event.metadata()).build();
  }

  private static io.kurrent.dbclient.StreamState toWire(ExpectedState expected) {
    return switch (expected) {
      case ExpectedState.Any() -> io.kurrent.dbclient.StreamState.any();
      case ExpectedState.NoStream() -> io.kurrent.dbclient.StreamState.noStream();
      case ExpectedState.StreamExists() -> io.kurrent.dbclient.StreamState.streamExists();
      case ExpectedState.Deleted(), ExpectedState.Tombstoned() ->
          throw new UnsupportedOperationException("The client has no words for " + expected);
      case ExpectedState.AtRevision(var revision) ->
          io.kurrent.dbclient.StreamState.streamRevision(revision);
    };
  }

  @Override
  public long delete(StreamName stream, ExpectedState expected) {
    var options = DeleteStreamOptions.get().streamState(toWire(expected));
    return result(stream, expected, client.deleteStream(stream.value(), options))
        .getPosition()
        .getCommitUnsigned();
  }

  @Override
  public long tombstone(StreamName stream, ExpectedState expected) {
    var options = DeleteStreamOptions.get().streamState(toWire(expected));
    return result(stream, expected, client.tombstoneStream(stream.value(), options))
        .getPosition()
        .getCommitUnsigned();
  }

  // ---- reading

  @Override
  public StreamRead read(StreamName stream, ReadOptions options) {
    if (!(options.filter() instanceof EventFilter.Everything)) {
      throw new IllegalArgumentException("A filter is for all streams, got " + options.filter());
    }
    var wire =
        ReadStreamOptions.get().maxCount(options.limit()).resolveLinkTos(options.resolveLinks());
    if (options.direction() == Direction.BACKWARDS) {
      wire.backwards();
    }
    if (options.from() == ReadOptions.END) {
      wire.fromEnd();
    } else {
      wire.fromRevision(options.from());
    }
    try {
      var read = result(stream, ExpectedState.any(), client.readStream(stream.value(), wire));
      return new Collected(state(stream), fromWire(read.getEvents()));
    } catch (NotFound _) {
      return new Collected(absentOrDeleted(stream), List.of());
    }
  }

  @Override
  public StreamState state(StreamName stream) {
    try {
      var options = ReadStreamOptions.get().maxCount(1);
      var read = result(stream, ExpectedState.any(), client.readStream(stream.value(), options));
      // Virtual streams have no metadata; the first event in one need not be at 0.
      var hidesNothing = stream.isVirtual();
      var first =
          hidesNothing || read.getEvents().isEmpty()
              ? read.getFirstStreamPosition()
              : read.getEvents().getFirst().getOriginalEvent().getRevision();
      return new StreamState.Present(first, read.getLastStreamPosition());
    } catch (NotFound _) {
      return absentOrDeleted(stream);
    } catch (StreamTombstonedException _) {
      return new StreamState.Tombstoned();
    }
  }

  /// The client tells no difference, but the metadata does, and the log of all streams.
  private StreamState absentOrDeleted(StreamName stream) {
    if (stream.isMetastream() || !isDeleted(metadata(stream).metadata())) {
      return new StreamState.Absent();
    }
    var last =
        readAll(ReadOptions.backwards()).stream()
            .map(ResolvedEvent::original)
            .filter(event -> event.stream().equals(stream))
            .findFirst();
    return new StreamState.Deleted(last.map(RecordedEvent::revision).orElse(-1L));
  }

  private static boolean isDeleted(StreamMetadata metadata) {
    return metadata.truncateBefore().equals(OptionalLong.of(Long.MAX_VALUE));
  }

  @Override
  public EventRead readAll(ReadOptions options) {
    if (!(options.filter() instanceof EventFilter.Everything)) {
      return new Collected(new StreamState.Absent(), readFiltered(options));
    }
    var wire =
        ReadAllOptions.get().maxCount(options.limit()).resolveLinkTos(options.resolveLinks());
    if (options.direction() == Direction.BACKWARDS) {
      wire.backwards();
    }
    if (options.from() == ReadOptions.END || isBeyondTheEnd(options.from())) {
      wire.fromEnd();
    } else {
      wire.fromPosition(new Position(options.from(), options.from()));
    }
    return new Collected(
        new StreamState.Absent(), fromWire(result(client.readAll(wire)).getEvents()));
  }

  /// KurrentDB refuses positions that it has not come to, as those of another server.
  private boolean isBeyondTheEnd(long position) {
    return position > lastPosition().map(last -> last + 1).orElse(0L);
  }

  private List<ResolvedEvent> readFiltered(ReadOptions options) {
    var forwards = options.direction() == Direction.FORWARDS;
    var start =
        forwards && options.from() > 0
            ? SubscribeOptions.after(options.from() - 1)
            : SubscribeOptions.fromBeginning();
    var found = new ArrayList<ResolvedEvent>();
    try (var subscription =
        subscribeToAll(
            (options.resolveLinks() ? start.resolvingLinks() : start)
                .filteredBy(options.filter()))) {
      while (subscription.next() instanceof SubscriptionMessage.Event(var event)) {
        if (forwards || event.original().position() < options.from()) {
          found.add(event);
        }
      }
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
    var inOrder = forwards ? found : found.reversed();
    return inOrder.stream().limit(options.limit()).toList();
  }

  @Override
  public long positionAt(Instant time) {
    throw noWordsForTimes();
  }

  private static UnsupportedOperationException noWordsForTimes() {
    return new UnsupportedOperationException("The client has no words for times");
  }

  @Override
  public Optional<Long> lastPosition() {
    return result(client.readAll(ReadAllOptions.get().backwards().fromEnd().maxCount(1)))
        .getEvents()
        .stream()
        .findFirst()
        .map(event -> event.getOriginalEvent().getPosition().getCommitUnsigned());
  }

  @Override
  public List<StreamSummary> streams(ListOptions options) {
    throw unavailableIfClosed()
        .orElseGet(() -> new UnsupportedOperationException("The client does not list streams"));
  }

  private static List<ResolvedEvent> fromWire(List<io.kurrent.dbclient.ResolvedEvent> events) {
    return events.stream().map(KurrentEventStore::fromWire).toList();
  }

  static ResolvedEvent fromWire(io.kurrent.dbclient.ResolvedEvent event) {
    return new ResolvedEvent(
        Optional.ofNullable(event.getEvent()).map(KurrentEventStore::fromWire),
        Optional.ofNullable(event.getLink()).map(KurrentEventStore::fromWire));
  }

  private static RecordedEvent fromWire(io.kurrent.dbclient.RecordedEvent event) {
    return new RecordedEvent(
        event.getPosition().getCommitUnsigned(),
        StreamName.of(event.getStreamId()),
        event.getRevision(),
        event.getEventId(),
        event.getEventType(),
        ContentType.of(event.getContentType()),
        event.getCreated(),
        event.getEventData(),
        event.getUserMetadata(),
        List.of());
  }

  /// What the client read at once.
  private final class Collected implements StreamRead {
    private final StreamState state;
    private final Iterator<ResolvedEvent> events;

    Collected(StreamState state, List<ResolvedEvent> events) {
      this.state = state;
      this.events = events.iterator();
    }

    @Override
    public StreamState state() {
      return state;
    }

    @Override
    public Iterator<ResolvedEvent> iterator() {
      return new Iterator<>() {
        @Override
        public boolean hasNext() {
          requireOpen();
          return events.hasNext();
        }

        @Override
        public ResolvedEvent next() {
          requireOpen();
          return events.next();
        }
      };
    }

    @Override
    public void close() {
      // Nothing is held.
    }
  }

  // ---- metadata

  @Override
  public CurrentMetadata metadata(StreamName stream) {
    requireNoMetastream(stream);
    var events = read(stream.metastream(), ReadOptions.backwards().limit(1)).events();
    if (events.isEmpty()) {
      return new CurrentMetadata(StreamMetadata.none(), -1);
    }
    var event = events.getFirst();
    return new CurrentMetadata(Metadata.parse(event), event.revision());
  }

  @Override
  public AppendResult writeMetadata(
      StreamName stream, ExpectedState expected, StreamMetadata metadata) {
    requireNoMetastream(stream);
    return append(
        stream.metastream(),
        expected,
        ProposedEvent.json(RecordedEvent.METADATA_TYPE, Metadata.print(metadata)));
  }

  private static void requireNoMetastream(StreamName stream) {
    if (stream.isMetastream()) {
      throw new IllegalArgumentException("Ask for the metadata of the stream, got " + stream);
    }
  }

  /// Metadata is JSON that the model of the testkit can read and write.
  private static final class Metadata {
    private static final StreamName SOME = StreamName.of("some");

    static StreamMetadata parse(RecordedEvent event) {
      try (var model = new InMemoryEventStore(Clock.systemUTC())) {
        model.append(
            SOME.metastream(),
            ExpectedState.any(),
            new ProposedEvent(
                event.id(),
                event.type(),
                event.contentType(),
                event.data(),
                event.metadata(),
                List.of()));
        return model.metadata(SOME).metadata();
      }
    }

    static String print(StreamMetadata metadata) {
      try (var model = new InMemoryEventStore(Clock.systemUTC())) {
        model.writeMetadata(SOME, ExpectedState.any(), metadata);
        return model
            .read(SOME.metastream(), ReadOptions.forwards())
            .events()
            .getFirst()
            .dataAsText();
      }
    }
  }

  // ---- following

  @Override
  public Subscription subscribe(StreamName stream, SubscribeOptions options) {
    if (!(options.filter() instanceof EventFilter.Everything) || options.checkpointEvery() > 0) {
      throw new IllegalArgumentException("Filters and checkpoints are for all streams");
    }
    var wire = SubscribeToStreamOptions.get().resolveLinkTos(options.resolveLinks());
    switch (options.start()) {
      case SubscribeOptions.Start.Beginning() -> wire.fromStart();
      case SubscribeOptions.Start.End() -> wire.fromEnd();
      case SubscribeOptions.Start.After(var revision) -> wire.fromRevision(revision);
      case SubscribeOptions.Start.AtTime(_) -> throw noWordsForTimes();
    }
    var subscription = new KurrentSubscription(stream, false, subscriptions::remove);
    return begun(
        subscription, client.subscribeToStream(stream.value(), subscription.listener(), wire));
  }

  @Override
  public Subscription subscribeToAll(SubscribeOptions options) {
    var wire = SubscribeToAllOptions.get().resolveLinkTos(options.resolveLinks());
    switch (options.start()) {
      case SubscribeOptions.Start.Beginning() -> wire.fromStart();
      case SubscribeOptions.Start.End() -> wire.fromEnd();
      case SubscribeOptions.Start.After(var position) ->
          wire.fromPosition(new Position(position, position));
      case SubscribeOptions.Start.AtTime(_) -> throw noWordsForTimes();
    }
    var subscription = new KurrentSubscription(StreamName.of("$all"), true, subscriptions::remove);
    filter(options, subscription).ifPresent(wire::filter);
    return begun(subscription, client.subscribeToAll(subscription.listener(), wire));
  }

  private KurrentSubscription begun(
      KurrentSubscription subscription,
      CompletableFuture<io.kurrent.dbclient.Subscription> beginning) {
    var begun = result(subscription.stream(), ExpectedState.any(), beginning);
    subscription.begun(begun);
    subscriptions.add(subscription);
    if (closed) {
      subscription.close();
    }
    return subscription;
  }

  /// Checkpoints come with filters alone: who wants them without, filters by what every name has.
  /// Of several prefixes the client takes one, and sends it as a regular expression; so they are
  /// made into one here.
  private static Optional<SubscriptionFilter> filter(
      SubscribeOptions options, KurrentSubscription subscription) {
    var filter = SubscriptionFilter.newBuilder();
    switch (options.filter()) {
      case EventFilter.Everything() -> {
        if (options.checkpointEvery() == 0) {
          return Optional.empty();
        }
        filter.withStreamNameRegularExpression(".*");
      }
      case EventFilter.StreamPrefix(var prefixes) ->
          filter.withStreamNameRegularExpression(startingWith(prefixes));
      case EventFilter.TypePrefix(var prefixes) ->
          filter.withEventTypeRegularExpression(startingWith(prefixes));
      case EventFilter.StreamRegex(var regex) -> filter.withStreamNameRegularExpression(regex);
      case EventFilter.TypeRegex(var regex) -> filter.withEventTypeRegularExpression(regex);
      case EventFilter.Category(_),
          EventFilter.Types(_),
          EventFilter.Tagged(_),
          EventFilter.Matching(_) ->
          throw new UnsupportedOperationException("The client has no words for this filter");
    }
    if (options.checkpointEvery() > 0) {
      filter
          .withMaxWindow(1)
          .withCheckpointer(subscription.checkpointer(), options.checkpointEvery());
    }
    return Optional.of(filter.build());
  }

  private static String startingWith(List<String> prefixes) {
    return prefixes.stream().map(Pattern::quote).collect(joining("|", "^(", ")"));
  }

  // ---- results and errors

  private <T> T result(CompletableFuture<T> future) {
    return result(StreamName.of("$all"), ExpectedState.any(), future);
  }

  private <T> T result(StreamName stream, ExpectedState expected, CompletableFuture<T> future) {
    try {
      return future.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw failure(stream, expected, e);
    } catch (TimeoutException e) {
      throw new UnavailableException(Reason.UNREACHABLE, "The client did not answer in time", e);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private static UnavailableException interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new UnavailableException(Reason.UNREACHABLE, "Interrupted while waiting", e);
  }

  /// The stream is absent or deleted.
  private static final class NotFound extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  /// What an error of the client means.
  static RuntimeException failure(StreamName stream, ExpectedState expected, Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      var known =
          switch (cause) {
            case LeftfoldException already -> already;
            case WrongExpectedVersionException wrong ->
                new WrongExpectedStateException(
                    stream, expected, actual(wrong.getActualState().toRawLong()));
            case StreamDeletedException _ -> new StreamTombstonedException(stream);
            case io.kurrent.dbclient.StreamTombstonedException _ ->
                new StreamTombstonedException(stream);
            case StreamNotFoundException _ -> new NotFound();
            case ConnectionShutdownException shutdown ->
                new UnavailableException(Reason.CLOSED, "The client is closed", shutdown);
            case StatusRuntimeException status -> failure(stream, status);
            default -> null;
          };
      if (known != null) {
        return known;
      }
    }
    return new IllegalStateException("Not understood", failure);
  }

  private static RuntimeException failure(StreamName stream, StatusRuntimeException failure) {
    var trailers = Objects.requireNonNullElseGet(failure.getTrailers(), io.grpc.Metadata::new);
    return switch (trailer(trailers, "exception")) {
      case "stream-deleted" -> new StreamTombstonedException(stream);
      case "maximum-append-event-size-exceeded" ->
          LimitExceededException.event(
              UUID.fromString(trailer(trailers, "event-id")),
              Long.parseLong(trailer(trailers, "proposed-append-event-size")),
              Long.parseLong(trailer(trailers, "maximum-append-event-size")));
      case "access-denied" -> new NotAuthorizedException(String.valueOf(failure.getMessage()));
      default -> ofStatus(failure);
    };
  }

  private static String trailer(io.grpc.Metadata trailers, String name) {
    var key = io.grpc.Metadata.Key.of(name, io.grpc.Metadata.ASCII_STRING_MARSHALLER);
    return Objects.requireNonNullElse(trailers.get(key), "");
  }

  private static RuntimeException ofStatus(StatusRuntimeException failure) {
    return switch (failure.getStatus().getCode()) {
      case INVALID_ARGUMENT -> new IllegalArgumentException(failure);
      case UNAVAILABLE ->
          new UnavailableException(
              Reason.UNREACHABLE, String.valueOf(failure.getMessage()), failure);
      default -> new IllegalStateException("Not understood: " + failure.getStatus(), failure);
    };
  }

  private static StreamState actual(long number) {
    if (number == Long.MAX_VALUE) {
      return new StreamState.Tombstoned();
    }
    return number == -1 ? new StreamState.Absent() : new StreamState.Present(0, number);
  }

  private Optional<RuntimeException> unavailableIfClosed() {
    return closed
        ? Optional.of(new UnavailableException(Reason.CLOSED, "The client is closed"))
        : Optional.empty();
  }

  private void requireOpen() {
    unavailableIfClosed()
        .ifPresent(closed -> {
          throw closed;
        });
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      subscriptions.forEach(KurrentSubscription::close);
      result(client.shutdown());
    }
  }
}
