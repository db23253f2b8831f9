// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.http.events;

import io.leftfold.api.EventFilter;
import io.leftfold.api.Query;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.StreamName;
import io.leftfold.api.SubscribeOptions;
import io.leftfold.api.Tag;
import io.leftfold.server.http.exchange.Target;
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
  private static final String END = "end";
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
    var after = target.parameter("after");
    var atEnd = after.isPresent() && after.get().equals(END);
    return new Question(
        stream,
        filter(target, filters),
        atEnd || after.isEmpty()
            ? OptionalLong.empty()
            : OptionalLong.of(cursor("after", after.get())),
        atEnd,
        (int)
            number(
                "limit", target.parameter("limit").orElse(Integer.toString(LIMIT)), 1, LIMIT_MAX),
        Duration.ofSeconds(
            number("wait", target.parameter("wait").orElse("0"), 0, WAIT_SECONDS_MAX)));
  }

  /// A cursor, as it stands in an event's line.
  static long cursor(String name, String text) {
    if (!text.matches("[0-9]{1,18}")) {
      throw new IllegalArgumentException(
          "%s is the cursor of an event, a number from 0, or %s; got '%s'"
              .formatted(name, END, text));
    }
    return Long.parseLong(text);
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

  /// The same question about what stands behind an event.
  Question after(long cursor) {
    return new Question(stream, filter, OptionalLong.of(cursor), false, limit, patience);
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
        : options.resolvingLinks().filteredBy(filter);
  }
}
