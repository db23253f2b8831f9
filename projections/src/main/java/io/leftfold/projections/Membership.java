// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import io.leftfold.api.ResolvedEvent;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Which partition an event belongs to. Where only the script knows, it is asked in a world of its
/// own, whose states nobody sees.
final class Membership implements AutoCloseable {

  private static final int EVENTS_BETWEEN_SAVES = 256;

  private final CompiledProjection script;
  private @Nullable ProjectionFold scratch;

  Membership(CompiledProjection script) {
    this.script = script;
  }

  /// The partition of an event that the script handles; nothing for others.
  Optional<String> partition(ResolvedEvent resolved) {
    if (resolved.event().isEmpty()) {
      return Optional.empty();
    }
    var definition = script.definition();
    var event = resolved.event().get();
    var deletion = definition.deletion(event);
    if (deletion.isPresent()) {
      return Optional.of(deletion.get().stream());
    }
    if (!definition.wants(resolved)) {
      return Optional.empty();
    }
    return switch (definition.partitioning()) {
      case NONE -> Optional.of("");
      case STREAM ->
          resolved.link().isEmpty()
              ? Optional.of(EventSource.partition(event.stream()))
              : ask(resolved);
      case CUSTOM -> ask(resolved);
    };
  }

  private Optional<String> ask(ResolvedEvent resolved) {
    if (scratch == null) {
      scratch = script.fold();
    }
    try {
      var step = scratch.handle(resolved);
      if (scratch.unsavedEvents() >= EVENTS_BETWEEN_SAVES) {
        scratch.save();
      }
      return step.isHandled() ? Optional.of(step.partition()) : Optional.empty();
    } catch (ProjectionFaultException e) {
      return e.fault().partition();
    }
  }

  @Override
  public void close() {
    if (scratch != null) {
      scratch.close();
    }
  }
}
