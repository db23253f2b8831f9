// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli;

import io.leftfold.api.EventFilter;
import io.leftfold.api.Tag;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/// Which events of all streams a command shows.
final class FilterOptions {

  @ArgGroup(
      exclusive = true,
      multiplicity = "0..1",
      heading = "%nWhich events, of all streams (one kind of these):%n",
      order = 40)
  private @Nullable Choice choice;

  private static final class Choice {
    @Option(
        names = "--filter-type-prefix",
        paramLabel = "<prefix>",
        description = "Types that begin so; may be repeated, any of them suffices.")
    private List<String> typePrefixes = new ArrayList<>();

    @Option(
        names = "--filter-type-regex",
        paramLabel = "<regex>",
        description = "Types in which this regular expression is found.")
    private @Nullable String typeRegex;

    @Option(
        names = "--filter-stream-prefix",
        paramLabel = "<prefix>",
        description = "Streams whose names begin so; may be repeated, any of them suffices.")
    private List<String> streamPrefixes = new ArrayList<>();

    @Option(
        names = "--filter-stream-regex",
        paramLabel = "<regex>",
        description = "Streams in whose names this regular expression is found.")
    private @Nullable String streamRegex;

    @Option(
        names = "--category",
        paramLabel = "<category>",
        description = "Streams of a category: the part of the name before the first -.")
    private @Nullable String category;

    @Option(
        names = "--type",
        paramLabel = "<type>",
        description = "Exactly this type; may be repeated, any of them suffices.")
    private List<String> types = new ArrayList<>();

    @Option(
        names = "--tag",
        paramLabel = "<tag>",
        description = "Events with this tag; may be repeated, all of them are needed.")
    private List<String> tags = new ArrayList<>();

    @Option(
        names = "--no-system",
        description = "All but the store's own events, whose types begin with $.")
    private boolean noSystem;
  }

  boolean isGiven() {
    return choice != null;
  }

  EventFilter filter() {
    if (choice == null) {
      return EventFilter.everything();
    }
    if (choice.typeRegex != null) {
      return new EventFilter.TypeRegex(choice.typeRegex);
    }
    if (choice.streamRegex != null) {
      return new EventFilter.StreamRegex(choice.streamRegex);
    }
    if (choice.category != null) {
      return new EventFilter.Category(choice.category);
    }
    if (choice.noSystem) {
      return EventFilter.withoutSystemEvents();
    }
    if (!choice.typePrefixes.isEmpty()) {
      return new EventFilter.TypePrefix(choice.typePrefixes);
    }
    if (!choice.streamPrefixes.isEmpty()) {
      return new EventFilter.StreamPrefix(choice.streamPrefixes);
    }
    if (!choice.types.isEmpty()) {
      return new EventFilter.Types(Set.copyOf(choice.types));
    }
    return new EventFilter.Tagged(choice.tags.stream().map(Tag::of).collect(Collectors.toSet()));
  }
}
