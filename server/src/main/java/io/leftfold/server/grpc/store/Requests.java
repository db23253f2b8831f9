// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.grpc.store;

import com.google.protobuf.ByteString;
import io.leftfold.api.AppendCondition;
import io.leftfold.api.AsOf;
import io.leftfold.api.Commit;
import io.leftfold.api.ContentType;
import io.leftfold.api.EventFilter;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.Head;
import io.leftfold.api.ListOptions;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.Query;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.StreamAppend;
import io.leftfold.api.StreamMetadata;
import io.leftfold.api.StreamMetadata.Acl.Action;
import io.leftfold.api.StreamName;
import io.leftfold.api.SubscribeOptions;
import io.leftfold.api.Tag;
import io.leftfold.api.Tracking;
import io.leftfold.protocol.messages.store.Wire;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;

/// Messages of the wire as the API's values: what a caller asks. What makes no sense is an
/// [IllegalArgumentException].
public final class Requests {

  private static final int STREAMS_BY_DEFAULT = 1000;

  private Requests() {}

  static Commit commit(Wire.AppendRequest request) {
    return new Commit(
        request.getAppendsList().stream().map(Requests::part).toList(),
        request.getConditionsList().stream().map(Requests::condition).toList(),
        request.hasTracking() ? Optional.of(tracking(request.getTracking())) : Optional.empty());
  }

  private static StreamAppend part(Wire.StreamAppend append) {
    return new StreamAppend(
        StreamName.of(append.getStream()),
        expected(append.getExpected()),
        append.getEventsList().stream().map(Requests::proposed).toList());
  }

  private static AppendCondition condition(Wire.AppendCondition condition) {
    return new AppendCondition(
        query(condition.getQuery()), new Head(unsigned(condition.getAfter())));
  }

  private static Tracking tracking(Wire.Tracking tracking) {
    return new Tracking(tracking.getSource(), tracking.getPosition());
  }

  static Query query(Wire.Query query) {
    return new Query(
        query.getItemsList().stream()
            .map(item ->
                new Query.Item(
                    new HashSet<>(item.getTypesList()),
                    item.getTagsList().stream().map(Tag::of).collect(Collectors.toSet())))
            .toList());
  }

  private static ProposedEvent proposed(Wire.ProposedEvent event) {
    return new ProposedEvent(
        id(event.getId()),
        event.getType(),
        event.getJson() ? ContentType.JSON : ContentType.BINARY,
        event.getData().toByteArray(),
        event.getMetadata().toByteArray(),
        event.getTagsList().stream().map(Tag::of).toList());
  }

  private static UUID id(ByteString bytes) {
    if (bytes.size() != 16) {
      throw new IllegalArgumentException("An event id has 16 bytes, got " + bytes.size());
    }
    var buffer = bytes.asReadOnlyByteBuffer();
    return new UUID(buffer.getLong(), buffer.getLong());
  }

  static ExpectedState expected(Wire.ExpectedState expected) {
    return switch (expected.getExpectedCase()) {
      case ANY -> ExpectedState.any();
      case NO_STREAM -> ExpectedState.noStream();
      case STREAM_EXISTS -> ExpectedState.streamExists();
      case DELETED -> ExpectedState.deleted();
      case TOMBSTONED -> ExpectedState.tombstoned();
      case REVISION -> ExpectedState.atRevision(expected.getRevision());
      case EXPECTED_NOT_SET ->
          throw new IllegalArgumentException(
              "An expected state is any, no stream, stream exists, deleted, tombstoned or a revision, got none of them");
    };
  }

  static ReadOptions read(Wire.ReadRequest request) {
    var backwards = request.getBackwards();
    return new ReadOptions(
        backwards ? ReadOptions.Direction.BACKWARDS : ReadOptions.Direction.FORWARDS,
        request.hasFrom() ? unsigned(request.getFrom()) : backwards ? ReadOptions.END : 0,
        request.hasLimit() ? unsigned(request.getLimit()) : Long.MAX_VALUE,
        request.getResolveLinks(),
        request.hasAll() ? filter(request.getAll()) : EventFilter.everything(),
        request.hasFromTime() ? Optional.of(time(request.getFromTime())) : Optional.empty(),
        switch (request.getAsOfCase()) {
          case AS_OF_POSITION -> new AsOf.Position(unsigned(request.getAsOfPosition()));
          case AS_OF_TIME -> new AsOf.Time(time(request.getAsOfTime()));
          case ASOF_NOT_SET -> AsOf.now();
        });
  }

  static Instant time(Wire.PositionAtRequest request) {
    if (!request.hasTime()) {
      throw new IllegalArgumentException("A position is asked for by a time, got none");
    }
    return time(request.getTime());
  }

  /// A moment.
  ///
  /// @param time the message
  /// @return what it means
  /// @throws IllegalArgumentException if it lies too far away
  public static Instant time(Wire.Time time) {
    try {
      return Instant.ofEpochSecond(time.getSeconds(), Integer.toUnsignedLong(time.getNanos()));
    } catch (DateTimeException | ArithmeticException e) {
      throw new IllegalArgumentException(
          "A time lies within a thousand million years, got %d seconds since 1970"
              .formatted(time.getSeconds()),
          e);
    }
  }

  static SubscribeOptions subscribe(Wire.SubscribeRequest request) {
    var start =
        switch (request.getStartCase()) {
          case BEGINNING -> new SubscribeOptions.Start.Beginning();
          case END -> new SubscribeOptions.Start.End();
          case AFTER -> new SubscribeOptions.Start.After(unsigned(request.getAfter()));
          case TIME -> new SubscribeOptions.Start.AtTime(time(request.getTime()));
          case START_NOT_SET ->
              throw new IllegalArgumentException(
                  "A subscription starts at the beginning, at the end, after an event or at a time, got none of them");
        };
    return new SubscribeOptions(
        start,
        request.getResolveLinks(),
        request.hasAll() ? filter(request.getAll()) : EventFilter.everything(),
        Math.clamp(Integer.toUnsignedLong(request.getCheckpointEvery()), 0, Integer.MAX_VALUE));
  }

  private static EventFilter filter(Wire.All all) {
    if (!all.hasFilter()) {
      return EventFilter.everything();
    }
    var filter = all.getFilter();
    return switch (filter.getFilterCase()) {
      case STREAM_PREFIXES ->
          new EventFilter.StreamPrefix(List.copyOf(filter.getStreamPrefixes().getPrefixesList()));
      case STREAM_REGEX -> new EventFilter.StreamRegex(filter.getStreamRegex().getRegex());
      case TYPE_PREFIXES ->
          new EventFilter.TypePrefix(List.copyOf(filter.getTypePrefixes().getPrefixesList()));
      case TYPE_REGEX -> new EventFilter.TypeRegex(filter.getTypeRegex().getRegex());
      case CATEGORY -> new EventFilter.Category(filter.getCategory().getCategory());
      case TYPES -> new EventFilter.Types(Set.copyOf(filter.getTypes().getTypesList()));
      case TAGS ->
          new EventFilter.Tagged(
              filter.getTags().getTagsList().stream().map(Tag::of).collect(Collectors.toSet()));
      case MATCHING -> EventFilter.matching(query(filter.getMatching()));
      case FILTER_NOT_SET ->
          throw new IllegalArgumentException("A filter says what it filters by, got nothing");
    };
  }

  static StreamMetadata metadata(Wire.StreamMetadata metadata) {
    return new StreamMetadata(
        metadata.hasMaxCount() ? OptionalLong.of(metadata.getMaxCount()) : OptionalLong.empty(),
        metadata.hasMaxAgeSeconds()
            ? Optional.of(Duration.ofSeconds(metadata.getMaxAgeSeconds()))
            : Optional.empty(),
        metadata.hasTruncateBefore()
            ? OptionalLong.of(metadata.getTruncateBefore())
            : OptionalLong.empty(),
        metadata.getTemporary(),
        metadata.hasCacheControlSeconds()
            ? Optional.of(Duration.ofSeconds(metadata.getCacheControlSeconds()))
            : Optional.empty(),
        metadata.hasAcl() ? Optional.of(acl(metadata.getAcl())) : Optional.empty(),
        new TreeMap<>(metadata.getCustomMap()));
  }

  private static StreamMetadata.Acl acl(Wire.StreamMetadata.Acl acl) {
    var actions = new EnumMap<Action, List<String>>(Action.class);
    if (acl.hasRead()) {
      actions.put(Action.READ, names(acl.getRead()));
    }
    if (acl.hasWrite()) {
      actions.put(Action.WRITE, names(acl.getWrite()));
    }
    if (acl.hasDelete()) {
      actions.put(Action.DELETE, names(acl.getDelete()));
    }
    if (acl.hasReadMetadata()) {
      actions.put(Action.READ_METADATA, names(acl.getReadMetadata()));
    }
    if (acl.hasWriteMetadata()) {
      actions.put(Action.WRITE_METADATA, names(acl.getWriteMetadata()));
    }
    return new StreamMetadata.Acl(actions);
  }

  private static List<String> names(Wire.StreamMetadata.Roles roles) {
    return List.copyOf(roles.getNamesList());
  }

  static ListOptions list(Wire.ListStreamsRequest request) {
    var limit = Integer.toUnsignedLong(request.getLimit());
    return new ListOptions(
        request.getPrefix(),
        request.getAfter(),
        limit == 0 ? STREAMS_BY_DEFAULT : Math.clamp(limit, 1, Integer.MAX_VALUE));
  }

  /// A number of the wire, which may be larger than any of ours.
  private static long unsigned(long number) {
    return number < 0 ? Long.MAX_VALUE : number;
  }
}
