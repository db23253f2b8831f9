// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit;

import io.leftfold.api.StreamName;
import java.time.Duration;
import java.util.function.Function;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// How the state of a boundary is kept in the store, so that not all of it has to be folded again:
///
/// ```java
/// accounts.with(
///     Snapshots.of("accounts", 3, JSON::writeValueAsString, json -> JSON.readValue(json, Account.class))
///         .everyEvents(500));
/// ```
///
/// A snapshot is memoisation of the fold, and nothing rests on it. One of another version, one that
/// cannot be read, and one of a stream that shows other events by now are as none, and replaced.
/// That one could not be written is logged, and does not fail the command; it was accepted before.
/// A state of the past ([CommandHandler#stateAsOf]) begins at the snapshot, if that is not newer.
///
/// They lie in streams `snapshots.<name>-<boundary>`, of which only the last event is visible, as
/// events of type `$snapshot`, which no query matches.
///
/// @param name of what is folded: a word without `-`
/// @param version of the state and of the fold; another one makes older snapshots useless
/// @param write makes JSON of a state
/// @param read makes a state of JSON; whatever it throws means that the snapshot does not fit
/// @param events after how many events that were folded since the last snapshot the next is
///   written, 1 or more
/// @param folding after how much time of folding since the last, if that is sooner
/// @param <S> the state
public record Snapshots<S>(
    String name,
    int version,
    Function<? super S, String> write,
    Function<String, ? extends S> read,
    int events,
    Duration folding) {

  private static final JsonMapper JSON = Trees.JSON;
  private static final int EVENTS = 1_000;
  private static final Duration NEVER = Duration.ofNanos(Long.MAX_VALUE);

  /// Checks the name and the numbers.
  ///
  /// @throws IllegalArgumentException if the name is empty or has a category of its own, or a
  ///   number is not above 0
  public Snapshots {
    if (name.isEmpty() || name.indexOf('-') >= 0) {
      throw new IllegalArgumentException(
          "What is folded has a name without \"-\", got \"%s\"".formatted(name));
    }
    var _ = StreamName.of("snapshots." + name);
    if (version < 1 || events < 1) {
      throw new IllegalArgumentException(
          "Snapshots have a version from 1 on, and lie 1 or more events apart, got version %d and %d events"
              .formatted(version, events));
    }
    if (folding.isNegative() || folding.isZero()) {
      throw new IllegalArgumentException("Folding takes some time, got " + folding);
    }
  }

  /// Snapshots after every 1,000 events.
  ///
  /// @param name of what is folded: a word without `-`
  /// @param version of the state and of the fold
  /// @param write makes JSON of a state
  /// @param read makes a state of JSON
  /// @param <S> the state
  /// @return the snapshots
  /// @throws IllegalArgumentException as the constructor
  public static <S> Snapshots<S> of(
      String name,
      int version,
      Function<? super S, String> write,
      Function<String, ? extends S> read) {
    return new Snapshots<>(name, version, write, read, EVENTS, NEVER);
  }

  /// Snapshots after every 1,000 events, by a binding, which can seal what is personal
  /// ([JsonBinding#sealing]).
  ///
  /// @param name of what is folded: a word without `-`
  /// @param version of the state and of the fold
  /// @param binding between the state and JSON
  /// @param <S> the state
  /// @return the snapshots
  /// @throws IllegalArgumentException as the constructor
  public static <S> Snapshots<S> of(String name, int version, JsonBinding<S> binding) {
    return of(
        name,
        version,
        state -> binding.write(state).toString(),
        json -> binding.read((ObjectNode) JSON.readTree(json)));
  }

  /// Snapshots after so many events.
  ///
  /// @param count 1 or more
  /// @return the new snapshots
  public Snapshots<S> everyEvents(int count) {
    return new Snapshots<>(name, version, write, read, count, folding);
  }

  /// Snapshots also when reading and folding what came since the last took so long: few events may
  /// be dear.
  ///
  /// @param time above 0
  /// @return the new snapshots
  public Snapshots<S> orWhenFoldingTakes(Duration time) {
    return new Snapshots<>(name, version, write, read, events, time);
  }
}
