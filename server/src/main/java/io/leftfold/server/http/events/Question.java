// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.http.events;

import io.leftfold.api.EventFilter;
import io.leftfold.api.Query;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.StreamName;
import io.leftfold.api.SubscribeOptions;
import io.leftfold.api.Tag;
import io.leftfold.server.http.exchange.Target;
import io.leftfold.server.node.Session;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// Which events somebody wants.
///
/// @param stream whose; empty for those of all streams
/// @param filter which of all streams; not asked for those of one
/// @param after the cursor behind which they stand; empty for the first ones
/// @param atEnd whether they stand behind the last one there is, whatever that is
/// @param limit how many at most
/// @param patience how long to wait for the first one
record Question(
    Optional<StreamName> stream,
    EventFilter filter,
    OptionalLong after,
    boolean atEnd,
    int limit,
    Duration patience) {

  static final int LIMIT_MAX = 10_000;
  private static final int LIMIT = 100;
  private static final int WAIT_SECONDS_MAX = 60;

  /// What whoever follows some of all streams looks at again after an interruption, at most.
  private static final int CHECKPOINT_EVERY = 1_000;

  private static final String END = "end";

  /// What names the place before the first event, for a cursor that has to be said.
  private static final String START = "start";

  private static final Set<String> FILTERS =
      new TreeSet<>(Set.of("category", "prefix", "types", "tags", "system"));
  private static final Set<String> KNOWN =
      Set.of(
          "stream",
          "category",
          "prefix",
          "types",
          "tags",
          "system",
          "after",
          "limit",
          "wait",
          EventForm.PARAMETER);

  /// Whoever begins has no cursor yet.
  private static final Set<String> OPTIONAL = Set.of("after");

  /// Reads what stands behind the question mark.
  ///
  /// @throws IllegalArgumentException if it makes no sense
  static Question of(Target target) {
    Parameters.check(target, KNOWN, OPTIONAL);
    var stream = target.parameter("stream").map(StreamName::of);
    var filters = FILTERS.stream().filter(name -> target.parameter(name).isPresent()).toList();
    if (stream.isPresent() && !filters.isEmpty()) {
      throw new IllegalArgumentException(
          "%s is about all streams, and stream names one; leave one of them out"
              .formatted(String.join(", ", filters)));
    }
    return new Question(
            stream,
            filter(target, filters),
            OptionalLong.empty(),
            false,
            (int)
                number(
                    "limit",
                    target.parameter("limit").orElse(Integer.toString(LIMIT)),
                    1,
                    LIMIT_MAX),
            Duration.ofSeconds(
                number("wait", target.parameter("wait").orElse("0"), 0, WAIT_SECONDS_MAX)))
        .after("after", target.parameter("after").orElse(START));
  }

  private static long number(String name, String text, long least, long most) {
    if (text.matches("[0-9]{1,9}")) {
      var number = Long.parseLong(text);
      if (number >= least && number <= most) {
        return number;
      }
    }
    throw new IllegalArgumentException(
        "%s is a number from %d to %d, got '%s'".formatted(name, least, most, text));
  }

  private static EventFilter filter(Target target, List<String> filters) {
    var words = filters.contains("types") || filters.contains("tags");
    var kinds =
        (words ? 1 : 0)
            + filters.stream()
                .filter(name -> !name.equals("types") && !name.equals("tags"))
                .count();
    if (kinds > 1) {
      throw new IllegalArgumentException(
          "One of category, prefix, system, or types and tags, got %s"
              .formatted(String.join(", ", filters)));
    }
    if (words) {
      return EventFilter.matching(Query.of(new Query.Item(types(target), tags(target))));
    }
    var category = target.parameter("category");
    if (category.isPresent()) {
      return new EventFilter.Category(category.get());
    }
    var prefix = target.parameter("prefix");
    if (prefix.isPresent()) {
      return EventFilter.streamPrefix(prefix.get());
    }
    return switch (target.parameter("system").orElse("false")) {
      case "true" -> EventFilter.everything();
      case "false" -> EventFilter.withoutSystemEvents();
      default ->
          throw new IllegalArgumentException(
              "system is true or false, got '%s'".formatted(target.parameter("system").get()));
    };
  }

  private static Set<String> types(Target target) {
    return words(target, "types");
  }

  private static Set<Tag> tags(Target target) {
    return words(target, "tags").stream()
        .map(Tag::of)
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  private static Set<String> words(Target target, String name) {
    var said = target.parameter(name);
    if (said.isEmpty()) {
      return Set.of();
    }
    var words = new LinkedHashSet<>(List.of(said.get().split(",", -1)));
    if (words.contains("")) {
      throw new IllegalArgumentException(
          "%s has commas between its items, got '%s' with an empty one; leave it out"
              .formatted(name, said.get()));
    }
    return words;
  }

  /// The same question about what stands behind a cursor.
  ///
  /// @param name what said it
  /// @param cursor as it stands in an event's line, or `start` or `end`
  /// @throws IllegalArgumentException if it is none of these
  Question after(String name, String cursor) {
    return switch (cursor) {
      case START -> behind(OptionalLong.empty(), false);
      case END -> behind(OptionalLong.empty(), true);
      case String number when number.matches("[0-9]{1,18}") ->
          behind(OptionalLong.of(Long.parseLong(number)), false);
      default ->
          throw new IllegalArgumentException(
              "%s is the cursor of an event, a number from 0, or %s or %s; got '%s'"
                  .formatted(name, START, END, cursor));
    };
  }

  /// The same question with the end where it is now, so that whoever has seen nothing yet can go on
  /// from there.
  Question fromNow(Session session) {
    if (!atEnd) {
      return this;
    }
    var last =
        stream.isPresent()
            ? session.state(stream.get()).lastRevision()
            : session.lastPosition().orElse(-1L);
    // What was never there begins at its first event; of what is gone for ever, reading says so.
    return behind(
        last < 0 || last == Long.MAX_VALUE ? OptionalLong.empty() : OptionalLong.of(last), false);
  }

  private Question behind(OptionalLong cursor, boolean end) {
    return new Question(stream, filter, cursor, end, limit, patience);
  }

  /// The cursor behind which the events stand, as [#after(String, String)] takes it.
  String cursor() {
    return atEnd ? END : after.isPresent() ? Long.toString(after.getAsLong()) : START;
  }

  /// How it is read.
  ReadOptions reading() {
    var options =
        ReadOptions.forwards()
            .from(after.isPresent() ? after.getAsLong() + 1 : 0)
            .limit(limit)
            .resolvingLinks();
    return stream.isPresent() ? options : options.filteredBy(filter);
  }

  /// How it is followed.
  SubscribeOptions following() {
    var options =
        atEnd
            ? SubscribeOptions.fromEnd()
            : after.isPresent()
                ? SubscribeOptions.after(after.getAsLong())
                : SubscribeOptions.fromBeginning();
    return stream.isPresent()
        ? options.resolvingLinks()
        : options.resolvingLinks().filteredBy(filter).checkpointEvery(CHECKPOINT_EVERY);
  }
}
