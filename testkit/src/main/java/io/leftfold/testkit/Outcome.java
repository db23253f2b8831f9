// SPDX-License-Identifier: Apache-2.0

package io.leftfold.testkit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.leftfold.api.AlreadyTrackedException;
import io.leftfold.api.ConditionFailedException;
import io.leftfold.api.ContentType;
import io.leftfold.api.CorruptLogException;
import io.leftfold.api.LeftfoldException;
import io.leftfold.api.LimitExceededException;
import io.leftfold.api.NotAuthorizedException;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.ResolvedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.api.StreamTombstonedException;
import io.leftfold.api.Tag;
import io.leftfold.api.Tracking;
import io.leftfold.api.UnavailableException;
import io.leftfold.api.WrongExpectedStateException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/// What came of a [Step], in a form that two stores can be compared by.
public sealed interface Outcome {

  /// Nothing to be compared.
  record Nothing() implements Outcome {}

  /// An answer.
  ///
  /// @param value anything with a useful `equals` and `toString`
  record Answered(Object value) implements Outcome {}

  /// An error that a store may give.
  ///
  /// @param error its kind
  /// @param particulars what it carries
  record Refused(String error, List<Object> particulars) implements Outcome {

    /// An error as what can be compared of it.
    ///
    /// @param error what was thrown
    /// @return its kind and what it carries
    public static Refused of(RuntimeException error) {
      return new Refused(error.getClass().getSimpleName(), particulars(error));
    }

    private static List<Object> particulars(RuntimeException error) {
      if (!(error instanceof LeftfoldException known)) {
        return List.of();
      }
      return switch (known) {
        case WrongExpectedStateException refusal -> List.copyOf(refusal.conflicts());
        case ConditionFailedException refusal -> List.of(refusal.condition(), refusal.positions());
        case AlreadyTrackedException refusal -> List.of(refusal.tracking(), refusal.recorded());
        case StreamTombstonedException refusal -> List.of(refusal.stream());
        case LimitExceededException refusal ->
            List.of(refusal.eventId(), refusal.bytes(), refusal.bytesMax());
        case UnavailableException refusal -> List.of(refusal.reason());
        case NotAuthorizedException _ -> List.of();
        case CorruptLogException refusal -> List.of(refusal.file(), refusal.offset());
      };
    }
  }

  /// An error that no store may give.
  ///
  /// @param error what was thrown, with its stack
  record Broke(String error) implements Outcome {}

  /// An event as far as two stores agree about it: without the ids that a store makes by chance.
  ///
  /// @param position its position
  /// @param name its place: `<revision>@<stream>`
  /// @param id its id; empty if the store made it
  /// @param type its type
  /// @param contentType how its data is to be understood
  /// @param recorded when it was recorded
  /// @param data its data, one character for each byte
  /// @param metadata its metadata, likewise
  /// @param tags its tags
  record Seen(
      long position,
      String name,
      Optional<UUID> id,
      String type,
      ContentType contentType,
      Instant recorded,
      String data,
      String metadata,
      List<Tag> tags) {

    private static final StreamName GENESIS = StreamName.of("$genesis");
    private static final Set<String> TYPES_OF_THE_STORE =
        Set.of(
            RecordedEvent.METADATA_TYPE,
            RecordedEvent.TOMBSTONE_TYPE,
            Tracking.EVENT_TYPE,
            "$genesis");

    /// An event without what a store makes by chance.
    ///
    /// @param event as recorded
    /// @return what is the same in every store
    public static Seen of(RecordedEvent event) {
      return new Seen(
          event.position(),
          event.revision() + "@" + event.stream(),
          TYPES_OF_THE_STORE.contains(event.type()) ? Optional.empty() : Optional.of(event.id()),
          event.type(),
          event.contentType(),
          event.recorded(),
          event.stream().equals(GENESIS) ? "" : new String(event.data(), ISO_8859_1),
          new String(event.metadata(), ISO_8859_1),
          event.tags());
    }

    @Override
    public String toString() {
      var text = data.length() > 60 ? data.substring(0, 60) + "…" : data;
      return "%d:%s %s %s %s".formatted(position, type, name, text, recorded);
    }
  }

  /// A resolved event as far as two stores agree about it.
  ///
  /// @param event the event
  /// @param link the link that led to it
  record SeenResolved(Optional<Seen> event, Optional<Seen> link) {

    static SeenResolved of(ResolvedEvent resolved) {
      return new SeenResolved(resolved.event().map(Seen::of), resolved.link().map(Seen::of));
    }

    @Override
    public String toString() {
      var target = event.map(Seen::toString).orElse("nowhere");
      return link.map(found -> "[" + found + " -> " + target + "]").orElse(target);
    }
  }
}
