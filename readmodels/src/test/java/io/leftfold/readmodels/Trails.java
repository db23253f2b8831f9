// SPDX-License-Identifier: Apache-2.0

package io.leftfold.readmodels;

import io.leftfold.api.EventFilter;
import io.leftfold.api.EventStore;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.Query;
import io.leftfold.api.StreamName;
import io.leftfold.toolkit.Decoded;
import io.leftfold.toolkit.EventCodec;
import io.leftfold.toolkit.JsonBinding;
import io.leftfold.toolkit.Projection;
import io.leftfold.toolkit.States;
import io.leftfold.toolkit.keys.Subject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongPredicate;

/// A projection from which nothing can be hidden: the state of a partition is the list of what
/// happened in it, so an event that is missing, doubled or out of order shows. Events are numbers
/// with a partition each.
final class Trails {

  static final String NAME = "trails";
  static final JsonBinding<Trail> BINDING = JsonBinding.jackson(Trail.class);

  private Trails() {}

  /// A number, in a partition.
  record Numbered(String partition, long number) {}

  /// What happened in a partition, in order, and what was reacted to.
  record Trail(List<Long> numbers, List<Long> reactions) {
    static final Trail NONE = new Trail(List.of(), List.of());

    Trail with(long number) {
      return new Trail(plus(numbers, number), reactions);
    }

    Trail reacted(long number) {
      return new Trail(numbers, plus(reactions, number));
    }

    private static List<Long> plus(List<Long> list, long number) {
      var all = new ArrayList<>(list);
      all.add(number);
      return List.copyOf(all);
    }
  }

  /// Numbers; what is not one cannot be understood.
  static final EventCodec<Numbered> CODEC =
      EventCodec.of(
          event -> ProposedEvent.json("Numbered", event.partition() + ":" + event.number()),
          recorded -> {
            if (!recorded.type().equals("Numbered")) {
              return Decoded.unknown(recorded);
            }
            var parts = recorded.dataAsText().split(":", 2);
            return Decoded.known(new Numbered(parts[0], Long.parseLong(parts[1])));
          });

  /// Folds and reacts to all numbers but those it cannot take.
  static Projection<Numbered, States<Trail>> projection(int version, LongPredicate poisonous) {
    return Projection.<Numbered, States<Trail>>of(
            NAME,
            version,
            CODEC,
            (states, occurred) -> {
              var number = occurred.event().number();
              var before = states.of(occurred.partition()).orElse(Trail.NONE);
              // Written before it fails: it must not stay.
              states.put(occurred.partition(), before.with(number));
              if (poisonous.test(number)) {
                throw new IOException("cannot take " + number);
              }
            })
        .from(EventFilter.matching(Query.of(Query.typed("Numbered"))))
        .partitionedBy((event, _) -> event.partition())
        .reacting((states, occurred) ->
            states.put(
                occurred.partition(),
                states
                    .of(occurred.partition())
                    .orElse(Trail.NONE)
                    .reacted(occurred.event().number())));
  }

  /// The same, which understands another way of writing numbers besides.
  static Projection<Numbered, States<Trail>> understanding(String word, long number) {
    var projection = projection(1);
    return new Projection<>(
        projection.version(),
        EventCodec.of(
            CODEC::encode,
            recorded ->
                recorded.dataAsText().endsWith(":" + word)
                    ? Decoded.known(new Numbered(recorded.dataAsText().split(":", 2)[0], number))
                    : CODEC.decode(recorded)),
        projection.source(),
        projection.partition(),
        projection.fold(),
        projection.reaction(),
        projection.reactsAfter());
  }

  static Projection<Numbered, States<Trail>> projection(int version) {
    return projection(version, _ -> false);
  }

  /// Appends numbers from one up to another, in turn to as many partitions, and between them what
  /// the projection does not want.
  ///
  /// @return the last position
  static long append(EventStore store, int partitions, long from, long to) {
    var last = -1L;
    for (var number = from; number < to; number++) {
      last = append(store, new Numbered(partition(number, partitions), number));
      if (number % 4 == 0) {
        store.append(
            StreamName.of("others"), ExpectedState.any(), ProposedEvent.json("Other", "{}"));
      }
    }
    return last;
  }

  /// Appends one number.
  ///
  /// @return its position
  static long append(EventStore store, Numbered event) {
    return store
        .append(
            StreamName.of("numbers-" + event.number() % 3),
            ExpectedState.any(),
            CODEC.encode(event))
        .position()
        .orElseThrow();
  }

  /// Appends what is no number, about a subject.
  ///
  /// @return its position
  static long append(EventStore store, String partition, String word, Subject about) {
    return store
        .append(
            StreamName.of("numbers-0"),
            ExpectedState.any(),
            ProposedEvent.json("Numbered", partition + ":" + word).withTags(about.tag()))
        .position()
        .orElseThrow();
  }

  static String partition(long number, int partitions) {
    return "p%02d".formatted(number % partitions);
  }

  /// What all partitions come to, by the definition.
  static Map<String, Trail> expected(int partitions, long to, LongPredicate isReactedTo) {
    var all = new TreeMap<String, Trail>();
    for (var number = 0L; number < to; number++) {
      var partition = partition(number, partitions);
      var trail = all.getOrDefault(partition, Trail.NONE).with(number);
      all.put(partition, isReactedTo.test(number) ? trail.reacted(number) : trail);
    }
    return all;
  }

  static Map<String, Trail> expected(int partitions, long to) {
    return expected(partitions, to, _ -> true);
  }
}
