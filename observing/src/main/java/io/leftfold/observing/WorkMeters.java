// SPDX-License-Identifier: Apache-2.0

package io.leftfold.observing;

import io.leftfold.toolkit.WorkObserver;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;

/// Times work, and counts conflicts. Commands are named by their classes, so there are few names.
///
/// @param registry where they are kept
/// @param prefix of the meters' names
record WorkMeters(MeterRegistry registry, String prefix) implements WorkObserver {

  @Override
  public Watch begins(Work work) {
    var begun = Timer.start(registry);
    return new Watch() {
      @Override
      public void conflicted(int attempt) {
        Counter.builder(prefix + "commands.conflicts")
            .description("Attempts in which others were quicker")
            .tags(tags(work))
            .register(registry)
            .increment();
      }

      @Override
      public void ended(Ending ending) {
        begun.stop(
            Timer.builder(prefix + name(work))
                .description(description(work))
                .tags(tags(work).and("outcome", Names.of(ending)))
                .register(registry));
      }
    };
  }

  private static String name(WorkObserver.Work work) {
    return switch (work) {
      case Work.Handling _ -> "commands";
      case Work.Delivering _ -> "deliveries";
    };
  }

  private static String description(WorkObserver.Work work) {
    return switch (work) {
      case Work.Handling _ -> "Commands that deciders handled";
      case Work.Delivering _ -> "Commands that processes gave to their targets";
    };
  }

  private static Tags tags(WorkObserver.Work work) {
    var command = Tags.of("command", Names.of(work));
    return switch (work) {
      case Work.Handling _ -> command;
      case Work.Delivering delivering -> command.and("process", delivering.process());
    };
  }
}
