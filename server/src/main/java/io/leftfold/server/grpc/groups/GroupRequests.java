// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.grpc.groups;

import com.google.protobuf.ByteString;
import io.leftfold.api.EventFilter;
import io.leftfold.protocol.messages.groups.CreateReq;
import io.leftfold.protocol.messages.groups.CreateReq.AllOptions.FilterOptions;
import io.leftfold.protocol.messages.groups.DeleteReq;
import io.leftfold.protocol.messages.groups.GetInfoReq;
import io.leftfold.protocol.messages.groups.ListReq;
import io.leftfold.protocol.messages.groups.ReadReq;
import io.leftfold.protocol.messages.groups.ReplayParkedReq;
import io.leftfold.protocol.messages.groups.TruncateParkedReq;
import io.leftfold.protocol.messages.groups.UpdateReq;
import io.leftfold.protocol.messages.shared.StreamIdentifier;
import io.leftfold.server.group.GroupDefinition;
import io.leftfold.server.group.GroupException;
import io.leftfold.server.group.GroupId;
import io.leftfold.server.group.GroupSettings;
import io.leftfold.server.group.GroupSource;
import io.leftfold.server.group.Strategy;
import io.leftfold.server.grpc.kurrent.Names;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Supplier;

/// What requests say, in the words of groups.
final class GroupRequests {

  private static final long NANOS_A_TICK = 100;
  private static final long TICKS_MAX = Long.MAX_VALUE / NANOS_A_TICK;

  private GroupRequests() {}

  // ---- which group

  static GroupId id(ReadReq.Options options) {
    return id(
        options.hasAll(),
        options.hasStreamIdentifier(),
        options.getStreamIdentifier(),
        options.getGroupName());
  }

  static GroupId id(DeleteReq.Options options) {
    return id(
        options.hasAll(),
        options.hasStreamIdentifier(),
        options.getStreamIdentifier(),
        options.getGroupName());
  }

  static GroupId id(GetInfoReq.Options options) {
    return id(
        options.hasAll(),
        options.hasStreamIdentifier(),
        options.getStreamIdentifier(),
        options.getGroupName());
  }

  static GroupId id(ReplayParkedReq.Options options) {
    return id(
        options.hasAll(),
        options.hasStreamIdentifier(),
        options.getStreamIdentifier(),
        options.getGroupName());
  }

  static GroupId id(TruncateParkedReq.Options options) {
    return id(
        options.hasAll(),
        options.hasStreamIdentifier(),
        options.getStreamIdentifier(),
        options.getGroupName());
  }

  private static GroupId id(boolean all, boolean ofStream, StreamIdentifier stream, String group) {
    if (all) {
      return ofAll(group);
    }
    if (ofStream) {
      return ofStream(stream.getStreamName(), group);
    }
    throw required();
  }

  static GroupSource source(ListReq.StreamOption option) {
    return switch (option.getStreamOptionCase()) {
      case STREAM -> new GroupSource.OfStream(Names.stream(option.getStream().getStreamName()));
      case ALL -> new GroupSource.OfAll();
      case STREAMOPTION_NOT_SET -> throw required();
    };
  }

  private static GroupId ofAll(String group) {
    return new GroupId(new GroupSource.OfAll(), group);
  }

  private static GroupId ofStream(ByteString stream, String group) {
    if (stream.isEmpty()) {
      throw GroupException.failed("", group, "A stream has a name, got none");
    }
    var name = Names.stream(stream);
    if (name.value().equals(GroupSource.ALL)) {
      throw GroupException.failed(
          name.value(), group, "$all is not a stream: ask for all streams instead");
    }
    return new GroupId(new GroupSource.OfStream(name), group);
  }

  private static IllegalArgumentException required() {
    return new IllegalArgumentException(
        "'stream_option' is a required argument of type StreamOptionOneofCase");
  }

  static OptionalLong stopAt(ReplayParkedReq.Options options) {
    var given = options.getStopAtOptionCase() == ReplayParkedReq.Options.StopAtOptionCase.STOP_AT;
    return stopAt(id(options), given, options.getStopAt());
  }

  static OptionalLong stopAt(TruncateParkedReq.Options options) {
    var given = options.getStopAtOptionCase() == TruncateParkedReq.Options.StopAtOptionCase.STOP_AT;
    return stopAt(id(options), given, options.getStopAt());
  }

  private static OptionalLong stopAt(GroupId id, boolean given, long stopAt) {
    if (given && stopAt < 0) {
      throw GroupException.failed(
          id.source().toString(), id.name(), "stopAt is a place, 0 or more, got " + stopAt);
    }
    return given ? OptionalLong.of(stopAt) : OptionalLong.empty();
  }

  // ---- how

  static GroupDefinition definition(CreateReq.Options options) {
    var settings = options.getSettings();
    return switch (options.getStreamOptionCase()) {
      case STREAM -> {
        var stream = options.getStream();
        var start =
            switch (stream.getRevisionOptionCase()) {
              case REVISION -> stream.getRevision();
              case START -> 0;
              case END -> GroupSettings.END;
              case REVISIONOPTION_NOT_SET -> settings.getRevision();
            };
        var id = ofStream(stream.getStreamIdentifier().getStreamName(), options.getGroupName());
        yield definition(id, EventFilter.everything(), settings, start);
      }
      case ALL -> {
        var all = options.getAll();
        var start =
            switch (all.getAllOptionCase()) {
              case POSITION -> all.getPosition().getCommitPosition();
              case START -> 0;
              case END -> GroupSettings.END;
              case ALLOPTION_NOT_SET ->
                  throw new IllegalArgumentException(
                      "'all_option' is a required argument of type AllOptionOneofCase");
            };
        var filter =
            all.getFilterOptionCase() == CreateReq.AllOptions.FilterOptionCase.FILTER
                ? filter(all.getFilter())
                : EventFilter.everything();
        yield definition(ofAll(options.getGroupName()), filter, settings, start);
      }
      // Clients from before there was a choice.
      case STREAMOPTION_NOT_SET ->
          definition(before(options), EventFilter.everything(), settings, settings.getRevision());
    };
  }

  private static GroupId before(CreateReq.Options options) {
    return ofStream(options.getStreamIdentifier().getStreamName(), options.getGroupName());
  }

  private static GroupDefinition definition(
      GroupId id, EventFilter filter, CreateReq.Settings settings, long start) {
    return new GroupDefinition(
        id,
        filter,
        checked(
            id,
            () ->
                new GroupSettings(
                    start,
                    settings.getResolveLinks(),
                    settings.getExtraStatistics(),
                    duration(
                        settings.hasMessageTimeoutTicks(),
                        settings.getMessageTimeoutTicks(),
                        settings.getMessageTimeoutMs()),
                    settings.getMaxRetryCount(),
                    duration(
                        settings.hasCheckpointAfterTicks(),
                        settings.getCheckpointAfterTicks(),
                        settings.getCheckpointAfterMs()),
                    settings.getMinCheckpointCount(),
                    settings.getMaxCheckpointCount(),
                    settings.getMaxSubscriberCount(),
                    settings.getLiveBufferSize(),
                    settings.getHistoryBufferSize(),
                    settings.getReadBatchSize(),
                    strategy(
                        settings.getConsumerStrategy(),
                        settings.getNamedConsumerStrategyValue()))));
  }

  static GroupId id(UpdateReq.Options options) {
    return switch (options.getStreamOptionCase()) {
      case STREAM ->
          ofStream(
              options.getStream().getStreamIdentifier().getStreamName(), options.getGroupName());
      case ALL -> ofAll(options.getGroupName());
      case STREAMOPTION_NOT_SET -> before(options);
    };
  }

  private static GroupId before(UpdateReq.Options options) {
    return ofStream(options.getStreamIdentifier().getStreamName(), options.getGroupName());
  }

  static GroupSettings settings(UpdateReq.Options options) {
    var settings = options.getSettings();
    var start =
        switch (options.getStreamOptionCase()) {
          case STREAM ->
              switch (options.getStream().getRevisionOptionCase()) {
                case REVISION -> options.getStream().getRevision();
                case START -> 0;
                case END -> GroupSettings.END;
                case REVISIONOPTION_NOT_SET -> settings.getRevision();
              };
          case ALL ->
              switch (options.getAll().getAllOptionCase()) {
                case POSITION -> options.getAll().getPosition().getCommitPosition();
                case START, ALLOPTION_NOT_SET -> 0;
                case END -> GroupSettings.END;
              };
          case STREAMOPTION_NOT_SET -> settings.getRevision();
        };
    return checked(
        id(options),
        () ->
            new GroupSettings(
                start,
                settings.getResolveLinks(),
                settings.getExtraStatistics(),
                duration(
                    settings.hasMessageTimeoutTicks(),
                    settings.getMessageTimeoutTicks(),
                    settings.getMessageTimeoutMs()),
                settings.getMaxRetryCount(),
                duration(
                    settings.hasCheckpointAfterTicks(),
                    settings.getCheckpointAfterTicks(),
                    settings.getCheckpointAfterMs()),
                settings.getMinCheckpointCount(),
                settings.getMaxCheckpointCount(),
                settings.getMaxSubscriberCount(),
                settings.getLiveBufferSize(),
                settings.getHistoryBufferSize(),
                settings.getReadBatchSize(),
                strategy("", settings.getNamedConsumerStrategyValue())));
  }

  private static GroupSettings checked(GroupId id, Supplier<GroupSettings> settings) {
    try {
      return settings.get();
    } catch (IllegalArgumentException e) {
      throw GroupException.failed(
          id.source().toString(), id.name(), String.valueOf(e.getMessage()));
    }
  }

  private static Duration duration(boolean inTicks, long ticks, int millis) {
    if (!inTicks) {
      return Duration.ofMillis(millis);
    }
    if (ticks < -TICKS_MAX || ticks > TICKS_MAX) {
      throw new IllegalArgumentException(
          "A timeout is at most %d ticks, got %d".formatted(TICKS_MAX, ticks));
    }
    return Duration.ofNanos(ticks * NANOS_A_TICK);
  }

  private static Strategy strategy(String name, int number) {
    if (!name.isEmpty()) {
      return Strategy.of(name)
          .orElseThrow(() ->
              new IllegalArgumentException("Consumer strategy %s does not exist.".formatted(name)));
    }
    var byNumber = List.of(Strategy.DISPATCH_TO_SINGLE, Strategy.ROUND_ROBIN, Strategy.PINNED);
    if (number < 0 || number >= byNumber.size()) {
      throw new IllegalArgumentException("Consumer strategy %d does not exist.".formatted(number));
    }
    return byNumber.get(number);
  }

  private static EventFilter filter(FilterOptions filter) {
    return switch (filter.getFilterCase()) {
      case STREAM_IDENTIFIER -> {
        var by = filter.getStreamIdentifier();
        yield by.getRegex().isEmpty()
            ? new EventFilter.StreamPrefix(by.getPrefixList())
            : new EventFilter.StreamRegex(by.getRegex());
      }
      case EVENT_TYPE -> {
        var by = filter.getEventType();
        yield by.getRegex().isEmpty()
            ? new EventFilter.TypePrefix(by.getPrefixList())
            : new EventFilter.TypeRegex(by.getRegex());
      }
      case FILTER_NOT_SET ->
          throw new IllegalArgumentException(
              "'filter' is a required argument of type FilterOneofCase");
    };
  }
}
