// SPDX-License-Identifier: Apache-2.0

package io.leftfold.api;

/// An event where the store has it: to be looked at, without an object for each of its parts, and
/// not to be kept. It shows the event for as long as the [EventSink] that was given it has not
/// returned; after that, another one, or nothing that makes sense. Who wants to keep the event
/// takes [#event()].
public interface EventView {

  /// A view of an event that is an object already.
  ///
  /// @param event the event
  /// @return a view that stays valid
  static EventView of(RecordedEvent event) {
    return new RecordedEventView(event);
  }

  /// Its place in the whole store.
  ///
  /// @return from 0
  long position();

  /// Its place in its stream.
  ///
  /// @return from 0; [RecordedEvent#TOMBSTONE_REVISION] for a tombstone
  long revision();

  /// The more significant half of its id.
  ///
  /// @return 64 bits
  long idHigh();

  /// The less significant half of its id.
  ///
  /// @return 64 bits
  long idLow();

  /// The store's time of the commit.
  ///
  /// @return in microseconds since 1970
  long timeMicros();

  /// How its data is to be understood.
  ///
  /// @return the content type
  ContentType contentType();

  /// How long the name of its stream is.
  ///
  /// @return in bytes of UTF-8
  int streamLength();

  /// Copies the name of its stream, in UTF-8.
  ///
  /// @param into has room for it
  /// @param at where to put its first byte
  void copyStream(byte[] into, int at);

  /// How long its type is.
  ///
  /// @return in bytes of UTF-8
  int typeLength();

  /// Copies its type, in UTF-8.
  ///
  /// @param into has room for it
  /// @param at where to put its first byte
  void copyType(byte[] into, int at);

  /// How long its metadata is.
  ///
  /// @return in bytes
  int metadataLength();

  /// Copies its metadata.
  ///
  /// @param into has room for it
  /// @param at where to put its first byte
  void copyMetadata(byte[] into, int at);

  /// How long its data is.
  ///
  /// @return in bytes
  int dataLength();

  /// Copies its data.
  ///
  /// @param into has room for it
  /// @param at where to put its first byte
  void copyData(byte[] into, int at);

  /// The whole event, to be kept.
  ///
  /// @return a copy
  RecordedEvent event();
}
