// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import io.leftfold.api.RecordedEvent;
import io.leftfold.api.ResolvedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.api.VirtualStream;

/// Whether an event comes from the sources of a projection.
final class Selection {

  private Selection() {}

  static boolean isFrom(
      ProjectionDefinition definition, ResolvedEvent resolved, RecordedEvent event) {
    return switch (definition.sources()) {
      case ProjectionDefinition.Sources.All() ->
          (!event.isLink() || definition.includeLinks()) && isOrdinary(event.stream());
      case ProjectionDefinition.Sources.Streams(var names) ->
          names.stream().anyMatch(name -> isOf(name, resolved, event));
      case ProjectionDefinition.Sources.Category(var name) ->
          isOf(StreamName.ofCategory(name).value(), resolved, event);
    };
  }

  /// Those with `$deleted` read everything or one category.
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

  private static boolean isOf(String name, ResolvedEvent resolved, RecordedEvent event) {
    if (event.stream().value().equals(name)
        || resolved.link().map(link -> link.stream().value()).filter(name::equals).isPresent()) {
      return true;
    }
    return StreamName.of(name).virtual().map(virtual -> lists(virtual, event)).orElse(false);
  }

  private static boolean lists(VirtualStream virtual, RecordedEvent event) {
    return switch (virtual) {
      case VirtualStream.Category(var category) ->
          event.stream().category().filter(category::equals).isPresent()
              && !event.stream().isSystem();
      case VirtualStream.Type(var type) -> event.type().equals(type);
      case VirtualStream.Streams() -> event.revision() == 0 && !event.stream().isSystem();
      case VirtualStream.StreamsOfCategory _, VirtualStream.Correlation _ -> false;
    };
  }
}
