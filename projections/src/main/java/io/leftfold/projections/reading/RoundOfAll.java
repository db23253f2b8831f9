// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections.reading;

import io.leftfold.api.EventRead;
import io.leftfold.api.EventSink;
import io.leftfold.api.EventStore;
import io.leftfold.api.EventView;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.ResolvedEvent;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Everything behind a filter. What is not wanted is seen where the store has it, and never copied.
final class RoundOfAll implements Round, EventSink {

  private final EventRead read;
  private final Question.All question;
  private final List<byte[]> types;
  private final long end;
  private byte[] scratch = new byte[64];
  private boolean isOver;
  private @Nullable ResolvedEvent found;

  RoundOfAll(EventStore store, Question.All question, long from, long end) {
    this.question = question;
    this.end = end;
    types = question.types().stream().map(type -> type.getBytes(StandardCharsets.UTF_8)).toList();
    var options = ReadOptions.forwards().from(from).filteredBy(question.filter());
    read = store.readAll(question.resolveLinks() ? options.resolvingLinks() : options);
  }

  @Override
  public @Nullable ResolvedEvent next() {
    found = null;
    while (found == null && !isOver && read.next(this)) {
      // The sink below decides.
    }
    return found;
  }

  @Override
  public void event(EventView event) {
    if (event.position() >= end) {
      isOver = true;
    } else if ((types.isEmpty() || isOfTypes(event))
        && (!question.ordinaryOnly() || isOrdinary(event))) {
      found = ResolvedEvent.plain(event.event());
    }
  }

  @Override
  public void resolved(ResolvedEvent resolved) {
    if (resolved.original().position() >= end) {
      isOver = true;
    } else if (resolved.event().isPresent()
        && (types.isEmpty() || question.types().contains(resolved.event().get().type()))) {
      found = resolved;
    }
  }

  private boolean isOfTypes(EventView event) {
    var length = event.typeLength();
    var copied = false;
    for (var type : types) {
      if (type.length == length) {
        if (!copied) {
          event.copyType(room(length), 0);
          copied = true;
        }
        if (Arrays.equals(type, 0, length, scratch, 0, length)) {
          return true;
        }
      }
    }
    return false;
  }

  private boolean isOrdinary(EventView event) {
    event.copyStream(room(event.streamLength()), 0);
    return scratch[0] != '$' || (scratch[1] == '$' && scratch[2] != '$');
  }

  private byte[] room(int length) {
    if (scratch.length < length + 3) {
      scratch = new byte[length + 64];
    }
    return scratch;
  }

  @Override
  public void close() {
    read.close();
  }
}
