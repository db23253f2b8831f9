// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit;

import io.leftfold.api.AppendCondition;
import io.leftfold.api.Commit;
import io.leftfold.api.ConditionFailedException;
import io.leftfold.api.EventStore;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.Query;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.StreamAppend;
import io.leftfold.api.Tag;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// Corrects what was recorded by mistake, as an accountant does it: the mistake stays where it is,
/// is reversed in full, and what should have been is entered again.
///
/// ```java
/// var corrections = Corrections.of(store, EVENTS, booking -> List.of(booking.reversed()));
///
/// corrections.correct(position, List.of(new Booked("7", 80))); // instead of what is there
/// ```
///
/// Reversal and entries are one commit, into the stream of the mistake, and nobody decides whether
/// they may be: that they are wrong now is a fact. Their metadata says `"corrects"`, the id of the
/// mistaken event. An event is corrected once; what a correction entered can itself be corrected.
///
/// @param <E> the events
public final class Corrections<E> {

  /// The name of the field of metadata that names the event that was mistaken.
  public static final String CORRECTS_FIELD = "corrects";

  private static final String TAG_PREFIX = "$corrects:";

  private final EventStore store;
  private final EventCodec<E> codec;
  private final Function<? super E, List<? extends E>> reversal;

  private Corrections(
      EventStore store, EventCodec<E> codec, Function<? super E, List<? extends E>> reversal) {
    this.store = store;
    this.codec = codec;
    this.reversal = reversal;
  }

  /// Corrections of an application's events.
  ///
  /// @param store where events are
  /// @param codec how they are stored
  /// @param reversal what takes an event back; none if it cannot be taken back
  /// @param <E> the events
  /// @return the corrections
  public static <E> Corrections<E> of(
      EventStore store, EventCodec<E> codec, Function<? super E, List<? extends E>> reversal) {
    return new Corrections<>(store, codec, reversal);
  }

  /// What was corrected.
  ///
  /// @param position of the last event of the correction
  /// @param events the reversal, and then what was entered
  /// @param repeated whether it was corrected before, perhaps to something else
  /// @param <E> the events
  public record Corrected<E>(long position, List<E> events, boolean repeated) {
    /// Copies the list.
    public Corrected {
      events = List.copyOf(events);
    }
  }

  /// Corrects an event, if it is not corrected already.
  ///
  /// @param position where it is
  /// @param instead what should have been recorded; nothing if it should not have happened at all
  /// @return the correction, of now or of before
  /// @throws IllegalArgumentException if there is no event, or it cannot be taken back
  /// @throws UnreadableEventException if it is not known what the event means
  public Corrected<E> correct(long position, List<? extends E> instead) {
    var mistaken =
        store
            .eventAt(position)
            .orElseThrow(
                () -> new IllegalArgumentException("There is no event at position " + position));
    var earlier = earlier(mistaken);
    if (earlier.isPresent()) {
      return earlier.get();
    }
    var events = new ArrayList<E>(reversed(mistaken));
    events.addAll(instead);
    var proposed = events.stream().map(event -> marked(codec.encode(event), mistaken)).toList();
    var part = new StreamAppend(mistaken.stream(), ExpectedState.any(), proposed);
    var once = AppendCondition.noneMatch(corrections(mistaken));
    try {
      var result = store.append(new Commit(List.of(part), List.of(once), Optional.empty()));
      return new Corrected<>(result.position().orElseThrow(), events, false);
    } catch (ConditionFailedException quicker) {
      return earlier(mistaken).orElseThrow(() -> quicker);
    }
  }

  private List<? extends E> reversed(RecordedEvent mistaken) {
    var meaning = meaning(mistaken);
    // The last that happened is taken back first.
    var reversed =
        meaning.reversed().stream().<E>flatMap(event -> reversal.apply(event).stream()).toList();
    if (reversed.isEmpty()) {
      throw new IllegalArgumentException(
          "%s at position %d cannot be taken back: the reversal of %s is empty"
              .formatted(mistaken.type(), mistaken.position(), meaning));
    }
    return reversed;
  }

  private ProposedEvent marked(ProposedEvent event, RecordedEvent mistaken) {
    return Marking.tagged(
        Metadata.with(event, CORRECTS_FIELD, mistaken.id().toString()), tag(mistaken));
  }

  private Optional<Corrected<E>> earlier(RecordedEvent mistaken) {
    var recorded = store.read(corrections(mistaken), ReadOptions.forwards()).events();
    if (recorded.isEmpty()) {
      return Optional.empty();
    }
    var events = recorded.stream().flatMap(event -> meaning(event).stream()).toList();
    return Optional.of(new Corrected<>(recorded.getLast().position(), events, true));
  }

  private List<E> meaning(RecordedEvent event) {
    return UnknownEvents.REFUSE.meaning(codec, event);
  }

  private static Query corrections(RecordedEvent mistaken) {
    return Query.of(Query.tagged(tag(mistaken)));
  }

  private static Tag tag(RecordedEvent mistaken) {
    return Tag.of(TAG_PREFIX + mistaken.id());
  }
}
