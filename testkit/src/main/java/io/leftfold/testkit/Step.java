// SPDX-License-Identifier: Apache-2.0

package io.leftfold.testkit;

import io.leftfold.api.Commit;
import io.leftfold.api.EventRead;
import io.leftfold.api.EventStore;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.Head;
import io.leftfold.api.LeftfoldException;
import io.leftfold.api.ListOptions;
import io.leftfold.api.Query;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.StreamMetadata;
import io.leftfold.api.StreamName;
import io.leftfold.api.StreamState;
import io.leftfold.api.SubscribeOptions;
import io.leftfold.api.Subscription;
import io.leftfold.api.SubscriptionMessage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// One thing done with a store, as data: it can be printed, left out, and done again.
public sealed interface Step {

  /// Does it.
  ///
  /// @param store to what
  /// @return the answer or the refusal
  default Outcome applyTo(EventStore store) {
    try {
      return switch (this) {
        case Append(var commit) -> new Outcome.Answered(store.append(commit));
        case Delete(var stream, var expected) ->
            new Outcome.Answered(store.delete(stream, expected));
        case Tombstone(var stream, var expected) ->
            new Outcome.Answered(store.tombstone(stream, expected));
        case WriteMetadata(var stream, var expected, var metadata) ->
            new Outcome.Answered(store.writeMetadata(stream, expected, metadata));
        case ReadQuery(var query, var options) -> {
          var read = store.read(query, options);
          yield new Outcome.Answered(new Found(read.head(), seen(read)));
        }
        case TrackingPosition(var source) -> new Outcome.Answered(store.trackingPosition(source));
        case Read(var stream, var options) -> {
          var read = store.read(stream, options);
          yield new Outcome.Answered(new Given(read.state(), seen(read)));
        }
        case ReadAll(var options) -> new Outcome.Answered(seen(store.readAll(options)));
        case State(var stream) -> new Outcome.Answered(store.state(stream));
        case Metadata(var stream) -> new Outcome.Answered(store.metadata(stream));
        case ListStreams(var options) -> new Outcome.Answered(store.streams(options));
        case LastPosition() -> new Outcome.Answered(store.lastPosition());
        case PositionAt(var time) -> new Outcome.Answered(store.positionAt(time));
        case Follow(var stream, var options) ->
            new Outcome.Answered(told(store.subscribe(stream, options)));
        case FollowAll(var options) -> new Outcome.Answered(told(store.subscribeToAll(options)));
        case Advance(_) -> new Outcome.Nothing();
        case Reopen() -> new Outcome.Nothing();
      };
    } catch (LeftfoldException | IllegalArgumentException refusal) {
      return Outcome.Refused.of(refusal);
    }
  }

  private static List<Outcome.SeenResolved> seen(EventRead read) {
    return read.toList().stream().map(Outcome.SeenResolved::of).toList();
  }

  /// Takes what a new subscription tells until it has caught up. Of checkpoints in a row the last
  /// one counts: a store need not tell the others.
  private static List<Object> told(Subscription subscription) {
    var messages = new ArrayList<>();
    try (subscription) {
      while (true) {
        switch (subscription.next()) {
          case SubscriptionMessage.Event(var event) -> messages.add(Outcome.SeenResolved.of(event));
          case SubscriptionMessage.CaughtUp caughtUp -> {
            messages.add(caughtUp);
            return messages;
          }
          case SubscriptionMessage.Checkpoint checkpoint -> {
            if (!messages.isEmpty()
                && messages.getLast() instanceof SubscriptionMessage.Checkpoint) {
              messages.removeLast();
            }
            messages.add(checkpoint);
          }
          case SubscriptionMessage.FellBehind fellBehind -> messages.add(fellBehind);
        }
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while following", interrupted);
    }
  }

  /// What a read of one stream gave.
  ///
  /// @param state what the stream was
  /// @param events its events
  record Given(StreamState state, List<Outcome.SeenResolved> events) {}

  /// What a read by query gave.
  ///
  /// @param head how far the store had come
  /// @param events those that match
  record Found(Head head, List<Outcome.SeenResolved> events) {}

  /// An append.
  ///
  /// @param commit to one stream or several
  record Append(Commit commit) implements Step {}

  /// A soft delete.
  ///
  /// @param stream the stream
  /// @param expected what is expected of it
  record Delete(StreamName stream, ExpectedState expected) implements Step {}

  /// A delete for ever.
  ///
  /// @param stream the stream
  /// @param expected what is expected of it
  record Tombstone(StreamName stream, ExpectedState expected) implements Step {}

  /// A change of metadata.
  ///
  /// @param stream the stream
  /// @param expected what is expected of its metastream
  /// @param metadata the new metadata
  record WriteMetadata(StreamName stream, ExpectedState expected, StreamMetadata metadata)
      implements Step {}

  /// A read of one stream.
  ///
  /// @param stream the stream
  /// @param options how
  record Read(StreamName stream, ReadOptions options) implements Step {}

  /// A read by query.
  ///
  /// @param query which events
  /// @param options how
  record ReadQuery(Query query, ReadOptions options) implements Step {}

  /// A look at how far a follower has come.
  ///
  /// @param source what it follows
  record TrackingPosition(String source) implements Step {}

  /// A read of all streams.
  ///
  /// @param options how
  record ReadAll(ReadOptions options) implements Step {}

  /// A look at a stream's state.
  ///
  /// @param stream the stream
  record State(StreamName stream) implements Step {}

  /// A look at a stream's metadata.
  ///
  /// @param stream the stream
  record Metadata(StreamName stream) implements Step {}

  /// A list of streams.
  ///
  /// @param options how
  record ListStreams(ListOptions options) implements Step {}

  /// A look at the last position.
  record LastPosition() implements Step {}

  /// A look for the position at a time.
  ///
  /// @param time the time
  record PositionAt(Instant time) implements Step {}

  /// A subscription to one stream, up to where it has caught up.
  ///
  /// @param stream the stream
  /// @param options how
  record Follow(StreamName stream, SubscribeOptions options) implements Step {}

  /// A subscription to all streams, up to where it has caught up.
  ///
  /// @param options how
  record FollowAll(SubscribeOptions options) implements Step {}

  /// Time passes for all stores; does nothing to one by itself.
  ///
  /// @param step how long; negative if the clock is turned back
  record Advance(Duration step) implements Step {}

  /// The store under comparison is closed, or killed, and opened again; does nothing by itself.
  record Reopen() implements Step {}
}
