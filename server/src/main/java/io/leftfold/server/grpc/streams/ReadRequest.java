// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.grpc.streams;

import io.leftfold.api.EventFilter;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.StreamName;
import io.leftfold.api.SubscribeOptions;
import io.leftfold.protocol.messages.streams.ReadReq;
import io.leftfold.protocol.messages.streams.ReadReq.Options.CountOptionCase;
import io.leftfold.protocol.messages.streams.ReadReq.Options.FilterOptionCase;
import io.leftfold.protocol.messages.streams.ReadReq.Options.FilterOptions;
import io.leftfold.protocol.messages.streams.ReadReq.Options.FilterOptions.Expression;
import io.leftfold.protocol.messages.streams.ReadReq.Options.ReadDirection;
import io.leftfold.protocol.messages.streams.ReadReq.Options.StreamOptionCase;
import io.leftfold.protocol.messages.streams.ReadReq.Options.UUIDOption;
import io.leftfold.protocol.streams.ReadResponses.UuidForm;
import io.leftfold.protocol.streams.StreamReadRequest;
import io.leftfold.server.grpc.kurrent.Names;
import io.leftfold.server.indexes.IndexNotFoundException;
import io.leftfold.server.indexes.UserIndexes;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// What a `ReadReq` asks for, in the words of the store. Six combinations make sense; the others
/// are refused.
///
/// @param form how the caller wants to see ids
/// @param tellsEnds whether the caller understands the first and last position of a stream
/// @param what what it reads or follows
record ReadRequest(UuidForm form, boolean tellsEnds, What what) {

  private static final int WINDOW = 32;
  private static final String INDEX = "$idx-";

  /// What is read or followed.
  sealed interface What {}

  /// A read of one stream.
  record OfStream(StreamName stream, ReadOptions options) implements What {}

  /// A read of all streams, or of an index of theirs.
  record OfAll(ReadOptions options, boolean isOfIndex) implements What {}

  /// A subscription to one stream.
  record ToStream(StreamName stream, SubscribeOptions options) implements What {}

  /// A subscription to all streams.
  record ToAll(SubscribeOptions options) implements What {}

  /// A read of a user-defined index.
  record OfIndex(String asked, ReadOptions options) implements What {}

  /// A subscription to a user-defined index.
  record ToIndex(String asked, SubscribeOptions options) implements What {}

  static ReadRequest of(StreamReadRequest request) {
    var read =
        read(
            request.backwards(),
            clamp(request.from()),
            clamp(request.count()),
            request.resolvesLinks());
    return new ReadRequest(
        request.form(),
        request.compatibility() >= 1,
        new OfStream(Requests.stream(request.stream()), read));
  }

  static ReadRequest of(ReadReq request) {
    var options = request.getOptions();
    return new ReadRequest(
        form(options), options.getControlOption().getCompatibility() >= 1, what(options));
  }

  private static UuidForm form(ReadReq.Options options) {
    if (!options.hasUuidOption()) {
      throw new Misuse("'uuid_option' is a required argument of type UUIDOption");
    }
    return options.getUuidOption().getContentCase() == UUIDOption.ContentCase.STRING
        ? UuidForm.TEXT
        : UuidForm.STRUCTURED;
  }

  private static What what(ReadReq.Options options) {
    if (options.getReadDirection() == ReadDirection.UNRECOGNIZED) {
      throw new Misuse(
          "'%d' is not a valid ReadDirection".formatted(options.getReadDirectionValue()));
    }
    var subscribes = options.getCountOptionCase() == CountOptionCase.SUBSCRIPTION;
    var backwards = options.getReadDirection() == ReadDirection.Backwards;
    var filtered = options.getFilterOptionCase() == FilterOptionCase.FILTER;
    var makesSense =
        switch (options.getStreamOptionCase()) {
          case STREAM -> !filtered && !(subscribes && backwards);
          case ALL -> !(subscribes && backwards);
          case STREAMOPTION_NOT_SET -> false;
        };
    if (!makesSense || options.getCountOptionCase() == CountOptionCase.COUNTOPTION_NOT_SET) {
      throw new Misuse(
          "The combination of (%s, %s, %s, %s) is invalid."
              .formatted(
                  options.getStreamOptionCase(),
                  options.getCountOptionCase(),
                  options.getReadDirection(),
                  options.getFilterOptionCase()));
    }
    var ofStream = options.getStreamOptionCase() == StreamOptionCase.STREAM;
    if (subscribes) {
      return ofStream ? toStream(options) : toAll(options, filtered);
    }
    return ofStream ? ofStream(options, backwards) : ofAll(options, backwards, filtered);
  }

  private static What ofStream(ReadReq.Options options, boolean backwards) {
    var from =
        switch (options.getStream().getRevisionOptionCase()) {
          case REVISION -> clamp(options.getStream().getRevision());
          case START -> 0;
          case END -> ReadOptions.END;
          case REVISIONOPTION_NOT_SET ->
              throw new Misuse(
                  "'revision_option' is a required argument of type RevisionOptionOneofCase");
        };
    return new OfStream(stream(options), read(options, backwards, from));
  }

  private static What ofAll(ReadReq.Options options, boolean backwards, boolean filtered) {
    var from =
        switch (options.getAll().getAllOptionCase()) {
          case POSITION -> clamp(options.getAll().getPosition().getCommitPosition());
          case START -> 0;
          case END -> ReadOptions.END;
          case ALLOPTION_NOT_SET ->
              throw new Misuse("'all_option' is a required argument of type AllOptionOneofCase");
        };
    var read = read(options, backwards, from);
    if (!filtered) {
      return new OfAll(read, false);
    }
    var index = userIndex(options.getFilter());
    return index.isPresent()
        ? new OfIndex(index.get(), read)
        : new OfAll(read.filteredBy(filter(options.getFilter())), isIndex(options.getFilter()));
  }

  private static ReadOptions read(ReadReq.Options options, boolean backwards, long from) {
    return read(backwards, from, clamp(options.getCount()), options.getResolveLinks());
  }

  private static ReadOptions read(boolean backwards, long from, long limit, boolean resolveLinks) {
    var read =
        (backwards ? ReadOptions.backwards() : ReadOptions.forwards()).from(from).limit(limit);
    return resolveLinks ? read.resolvingLinks() : read;
  }

  private static What toStream(ReadReq.Options options) {
    var start =
        switch (options.getStream().getRevisionOptionCase()) {
          case REVISION -> after(options.getStream().getRevision());
          case END -> SubscribeOptions.fromEnd();
          case START, REVISIONOPTION_NOT_SET -> SubscribeOptions.fromBeginning();
        };
    return new ToStream(stream(options), subscribe(options, start));
  }

  private static What toAll(ReadReq.Options options, boolean filtered) {
    var start =
        switch (options.getAll().getAllOptionCase()) {
          case POSITION -> after(options.getAll().getPosition().getCommitPosition());
          case END -> SubscribeOptions.fromEnd();
          case START, ALLOPTION_NOT_SET -> SubscribeOptions.fromBeginning();
        };
    var subscribe = subscribe(options, start);
    if (!filtered) {
      return new ToAll(subscribe);
    }
    var checkpointing = subscribe.checkpointEvery(checkpointEvery(options.getFilter()));
    var index = userIndex(options.getFilter());
    return index.isPresent()
        ? new ToIndex(index.get(), checkpointing)
        : new ToAll(checkpointing.filteredBy(filter(options.getFilter())));
  }

  private static SubscribeOptions subscribe(ReadReq.Options options, SubscribeOptions start) {
    return options.getResolveLinks() ? start.resolvingLinks() : start;
  }

  private static SubscribeOptions after(long unsigned) {
    return unsigned < 0 ? SubscribeOptions.fromEnd() : SubscribeOptions.after(unsigned);
  }

  private static int checkpointEvery(FilterOptions filter) {
    var multiplier = Integer.toUnsignedLong(filter.getCheckpointIntervalMultiplier());
    if (multiplier == 0) {
      throw new Misuse("checkpointIntervalMultiplier is 1 or more in a subscription, got 0");
    }
    return (int) Math.min(Integer.MAX_VALUE, multiplier * window(filter));
  }

  private static long window(FilterOptions filter) {
    return switch (filter.getWindowCase()) {
      case MAX -> Math.max(1, Integer.toUnsignedLong(filter.getMax()));
      case COUNT -> WINDOW;
      case WINDOW_NOT_SET ->
          throw new Misuse("'window' is a required argument of type WindowOneofCase");
    };
  }

  /// The prefix that names a user-defined index, if that is what is filtered by.
  private static Optional<String> userIndex(FilterOptions filter) {
    window(filter);
    if (filter.getFilterCase() != FilterOptions.FilterCase.STREAM_IDENTIFIER) {
      return Optional.empty();
    }
    var prefixes = prefixes(filter.getStreamIdentifier());
    return prefixes.size() == 1 && prefixes.getFirst().startsWith(UserIndexes.READ_AS)
        ? Optional.of(prefixes.getFirst())
        : Optional.empty();
  }

  /// The prefixes of names; none for an expression. The Java client sends a lone prefix as an
  /// expression. One that begins with `$` and goes on finds nothing, so an index is what is meant.
  private static List<String> prefixes(Expression expression) {
    var regex = expression.getRegex();
    return regex.startsWith(INDEX)
        ? List.of(regex)
        : regex.isEmpty() ? List.copyOf(expression.getPrefixList()) : List.of();
  }

  private static EventFilter filter(FilterOptions filter) {
    window(filter);
    return switch (filter.getFilterCase()) {
      case STREAM_IDENTIFIER -> byStream(filter.getStreamIdentifier());
      case EVENT_TYPE -> byType(filter.getEventType());
      case FILTER_NOT_SET ->
          throw new Misuse("'filter' is a required argument of type FilterOneofCase");
    };
  }

  private static boolean isIndex(FilterOptions filter) {
    return prefixes(filter.getStreamIdentifier()).stream()
        .anyMatch(prefix -> prefix.startsWith(INDEX));
  }

  private static EventFilter byStream(Expression expression) {
    var prefixes = prefixes(expression);
    if (prefixes.isEmpty() && !expression.getRegex().isEmpty()) {
      return new EventFilter.StreamRegex(expression.getRegex());
    }
    if (prefixes.stream().anyMatch(prefix -> prefix.startsWith(INDEX))) {
      return byIndex(prefixes);
    }
    if (prefixes.size() == 1) {
      var category = StreamName.of(prefixes.getFirst() + "x").category();
      var isCategory =
          category.isPresent()
              && !prefixes.getFirst().startsWith("$")
              && prefixes.getFirst().equals(category.get() + "-");
      if (isCategory) {
        return new EventFilter.Category(category.get());
      }
    }
    return new EventFilter.StreamPrefix(prefixes);
  }

  /// `$idx-all`, `$idx-ce-<category>` and `$idx-et-<type>` are how newer clients name the indexes.
  private static EventFilter byIndex(List<String> prefixes) {
    if (prefixes.size() != 1) {
      throw new Misuse("An index is read alone, got " + String.join(", ", prefixes));
    }
    var index = prefixes.getFirst();
    if (index.equals("$idx-all")) {
      return EventFilter.everything();
    }
    return category(index)
        .or(() -> type(index))
        .orElseThrow(() -> new IndexNotFoundException(index));
  }

  private static Optional<EventFilter> category(String index) {
    return after(index, "$idx-ce-").map(EventFilter.Category::new);
  }

  private static Optional<EventFilter> type(String index) {
    return after(index, "$idx-et-").map(type -> new EventFilter.Types(Set.of(type)));
  }

  private static Optional<String> after(String text, String prefix) {
    return text.startsWith(prefix) && text.length() > prefix.length()
        ? Optional.of(text.substring(prefix.length()))
        : Optional.empty();
  }

  private static EventFilter byType(Expression expression) {
    return expression.getRegex().isEmpty()
        ? new EventFilter.TypePrefix(List.copyOf(expression.getPrefixList()))
        : new EventFilter.TypeRegex(expression.getRegex());
  }

  private static StreamName stream(ReadReq.Options options) {
    return Names.stream(options.getStream().getStreamIdentifier().getStreamName());
  }

  /// Unsigned numbers beyond the signed ones stand for the end.
  private static long clamp(long unsigned) {
    return unsigned < 0 ? Long.MAX_VALUE : unsigned;
  }
}
