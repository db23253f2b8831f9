// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit;

import java.util.function.Function;

/// Between one class and the bytes of a format that has schemas of its own, and its own rules for
/// how they evolve: Protobuf, Avro. What is changed by these rules needs no new version of the
/// type; what is not gets one, and [EventTypesBuilder#former] says what the older one means.
///
/// Bindings of Protobuf and Avro are in the module `codecs`. For formats of the same trees as JSON,
/// such as CBOR, there is [EventTypesBuilder#format]: there upcasts work, and fields can be
/// personal.
///
/// @param <T> the class
public interface BinaryBinding<T> {

  /// The name under which events say that they are stored in this format.
  ///
  /// @return such as `protobuf`
  String format();

  /// An event as bytes.
  ///
  /// @param event the event
  /// @return its bytes
  byte[] write(T event);

  /// An event of bytes.
  ///
  /// @param data what was stored; belongs to the callee
  /// @return the event
  /// @throws RuntimeException if it is not that
  T read(byte[] data);

  /// By two functions.
  ///
  /// @param format the name under which events say that they are stored in it
  /// @param write makes bytes
  /// @param read makes an event, or throws
  /// @param <T> the class
  /// @return the binding
  static <T> BinaryBinding<T> of(
      String format, Function<? super T, byte[]> write, Function<byte[], ? extends T> read) {
    return new BinaryBinding<>() {
      @Override
      public String format() {
        return format;
      }

      @Override
      public byte[] write(T event) {
        return write.apply(event);
      }

      @Override
      public T read(byte[] data) {
        return read.apply(data);
      }
    };
  }
}
