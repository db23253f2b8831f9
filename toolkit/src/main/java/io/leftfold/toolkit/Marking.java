// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit;

import io.leftfold.api.AppendCondition;
import io.leftfold.api.EventStore;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.Query;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.Tag;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// By what the events of a command are known, if it is given again.
sealed interface Marking {

  /// What else has to hold for the command's events to be written.
  List<AppendCondition> conditions();

  /// An event of the command, marked as such.
  ProposedEvent mark(ProposedEvent event, int index);

  /// What was recorded by the command, in order.
  List<RecordedEvent> recorded(EventStore store);

  /// The id that the command was given with; null if there is none.
  @Nullable CommandId commandId();

  /// An event with one tag more.
  static ProposedEvent tagged(ProposedEvent event, Tag tag) {
    var tags = new ArrayList<>(event.tags());
    tags.add(tag);
    return event.withTags(tags.toArray(Tag[]::new));
  }

  /// By nothing: given again, the command is another one.
  record ByNothing() implements Marking {
    @Override
    public @Nullable CommandId commandId() {
      return null;
    }

    @Override
    public List<AppendCondition> conditions() {
      return List.of();
    }

    @Override
    public ProposedEvent mark(ProposedEvent event, int index) {
      return event;
    }

    @Override
    public List<RecordedEvent> recorded(EventStore store) {
      return List.of();
    }
  }

  /// The same, by events that name the span in which they were decided.
  record Traced(Marking inside, TraceContext trace) implements Marking {
    @Override
    public @Nullable CommandId commandId() {
      return inside.commandId();
    }

    @Override
    public List<AppendCondition> conditions() {
      return inside.conditions();
    }

    @Override
    public ProposedEvent mark(ProposedEvent event, int index) {
      return trace.carriedBy(inside.mark(event, index));
    }

    @Override
    public List<RecordedEvent> recorded(EventStore store) {
      return inside.recorded(store);
    }
  }

  /// By the command's id.
  record ById(CommandId id) implements Marking {
    @Override
    public CommandId commandId() {
      return id;
    }

    @Override
    public List<AppendCondition> conditions() {
      return List.of(AppendCondition.noneMatch(query()));
    }

    @Override
    public ProposedEvent mark(ProposedEvent event, int index) {
      return tagged(event.withId(id.eventId(index)), id.tag());
    }

    @Override
    public List<RecordedEvent> recorded(EventStore store) {
      return store.read(query(), ReadOptions.forwards()).events();
    }

    private Query query() {
      return Query.of(Query.tagged(id.tag()));
    }
  }
}
