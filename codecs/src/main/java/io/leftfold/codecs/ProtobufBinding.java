// SPDX-License-Identifier: Apache-2.0

package io.leftfold.codecs;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import io.leftfold.toolkit.BinaryBinding;
import java.util.function.Function;

/// Between classes of events and messages of Protobuf.
///
/// ```java
/// .type("MeterRead", 1, Reading.class,
///     ProtobufBinding.of(
///         ReadingMessage.parser(),
///         reading -> ReadingMessage.newBuilder().setMeter(reading.meter()).build(),
///         message -> new Reading(message.getMeter())))
/// ```
///
/// Fields that are added, and fields that are reserved because nobody wants them any more, need no
/// new version of the type. A field of another meaning does: let the new message have another name,
/// and read the old one with [io.leftfold.toolkit.EventTypesBuilder#former].
///
/// A message has no end that it knows of: bytes that are cut off between two fields are a shorter
/// message, and no error. The store's checksums see to it that none are.
public final class ProtobufBinding {

  /// The name under which events say that they are stored in it.
  public static final String FORMAT = "protobuf";

  private ProtobufBinding() {}

  /// Where the messages are the events. What they do not know they keep, so it is there when they
  /// are written again.
  ///
  /// @param parser of the generated class: `ReadingMessage.parser()`
  /// @param <M> the generated class
  /// @return the binding
  public static <M extends MessageLite> BinaryBinding<M> of(Parser<M> parser) {
    return BinaryBinding.of(FORMAT, MessageLite::toByteArray, data -> parsed(parser, data));
  }

  /// Where events are classes of the application.
  ///
  /// @param parser of the generated class: `ReadingMessage.parser()`
  /// @param write makes a message of an event
  /// @param read makes an event of a message; what it throws is an
  ///   [io.leftfold.toolkit.UnreadableEventException]
  /// @param <T> the class of events
  /// @param <M> the generated class
  /// @return the binding
  public static <T, M extends MessageLite> BinaryBinding<T> of(
      Parser<M> parser,
      Function<? super T, ? extends M> write,
      Function<? super M, ? extends T> read) {
    return BinaryBinding.of(
        FORMAT,
        event -> write.apply(event).toByteArray(),
        data -> read.apply(parsed(parser, data)));
  }

  private static <M> M parsed(Parser<M> parser, byte[] data) {
    try {
      return parser.parseFrom(data);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalArgumentException("It is no such message: " + e.getMessage(), e);
    }
  }
}
