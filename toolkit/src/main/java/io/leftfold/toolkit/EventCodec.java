// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit;

import io.leftfold.api.ProposedEvent;
import io.leftfold.api.RecordedEvent;
import java.util.function.Function;

/// Between the events of an application and those of a store. The names that are stored are said
/// here and nowhere else; classes may be called and moved as one likes.
///
/// As a `switch` over a sealed type, the compiler sees to it that every event has a name:
///
/// ```java
/// EventCodec<AccountEvent> codec =
///     EventCodec.of(
///         event ->
///             switch (event) {
///               case Deposited(var amount) -> ProposedEvent.json("MoneyDeposited", "" + amount);
///               …
///             },
///         recorded ->
///             switch (recorded.type()) {
///               case "MoneyDeposited" -> Decoded.known(new Deposited(…));
///               …
///               default -> Decoded.unknown(recorded);
///             });
/// ```
///
/// @param <E> the events of the application
public interface EventCodec<E> {

  /// An event as it is to be stored: type, data, tags, and metadata if there is something to say
  /// about it. Its id may be replaced, and tags added.
  ///
  /// @param event what happened
  /// @return the same for the store
  ProposedEvent encode(E event);

  /// An event as the application understands it today.
  ///
  /// @param event as it was stored, perhaps long ago
  /// @return what it means
  /// @throws UnreadableEventException if its type is known, but its data is broken
  Decoded<E> decode(RecordedEvent event);

  /// A codec of its two functions.
  ///
  /// @param encode makes an event of the store
  /// @param decode makes events of the application
  /// @param <E> the events of the application
  /// @return the codec
  static <E> EventCodec<E> of(
      Function<? super E, ProposedEvent> encode,
      Function<? super RecordedEvent, Decoded<E>> decode) {
    return new EventCodec<>() {
      @Override
      public ProposedEvent encode(E event) {
        return encode.apply(event);
      }

      @Override
      public Decoded<E> decode(RecordedEvent event) {
        return decode.apply(event);
      }
    };
  }
}
