// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import io.leftfold.api.RecordedEvent;
import io.leftfold.api.ResolvedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.api.VirtualStream;
import java.util.List;
import java.util.function.Predicate;

/// Tells which events come from the sources of a projection. What the names of the sources mean is
/// found out once, and not for each event.
@FunctionalInterface
interface Selection {

  /// Whether an event comes from the sources.
  ///
  /// @param resolved as the sources give it
  /// @param event the event in it
  boolean has(ResolvedEvent resolved, RecordedEvent event);

  static Selection of(ProjectionDefinition definition) {
    return switch (definition.sources()) {
      case ProjectionDefinition.Sources.All() -> {
        var includeLinks = definition.includeLinks();
        yield (_, event) -> (includeLinks || !event.isLink()) && isOrdinary(event.stream());
      }
      case ProjectionDefinition.Sources.Streams(var names) ->
          ofAny(names.stream().map(name -> of(StreamName.of(name))).toList());
      case ProjectionDefinition.Sources.Category(var name) -> of(StreamName.ofCategory(name));
    };
  }

  private static Selection ofAny(List<Selection> all) {
    return all.size() == 1
        ? all.getFirst()
        : (resolved, event) -> all.stream().anyMatch(one -> one.has(resolved, event));
  }

  private static Selection of(StreamName name) {
    var listed = name.virtual().map(Selection::listed).orElse(_ -> false);
    return (resolved, event) ->
        event.stream().equals(name)
            || (resolved.link().isPresent() && resolved.link().get().stream().equals(name))
            || listed.test(event);
  }

  private static Predicate<RecordedEvent> listed(VirtualStream virtual) {
    return switch (virtual) {
      case VirtualStream.Category(var category) -> {
        // What a category's streams begin with. A category ends at the first dash.
        var beginning = category + "-";
        yield category.contains("-")
            ? _ -> false
            : event -> event.stream().value().startsWith(beginning) && !event.stream().isSystem();
      }
      case VirtualStream.Type(var type) -> event -> event.type().equals(type);
      case VirtualStream.Streams() -> event -> event.revision() == 0 && !event.stream().isSystem();
      case VirtualStream.StreamsOfCategory _, VirtualStream.Correlation _ -> _ -> false;
    };
  }

  /// Whether a stream that was deleted is one of the sources. Those with `$deleted` read everything
  /// or one category.
  static boolean isFrom(ProjectionDefinition definition, StreamDeletion deletion) {
    var stream = StreamName.of(deletion.stream());
    return switch (definition.sources()) {
      case ProjectionDefinition.Sources.All() -> isOrdinary(stream);
      case ProjectionDefinition.Sources.Streams(var names) -> names.contains(stream.value());
      case ProjectionDefinition.Sources.Category(var name) ->
          stream.category().filter(name::equals).isPresent();
    };
  }

  private static boolean isOrdinary(StreamName stream) {
    return stream.isMetastream() ? isOrdinary(stream.original()) : !stream.isSystem();
  }
}
