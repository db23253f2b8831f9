// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit;

import java.util.Optional;
import java.util.function.Supplier;

/// Two observers, whose failures are nobody's affair but the log's.
record GuardedObserver(WorkObserver outer, WorkObserver inner) implements WorkObserver {

  private static final System.Logger LOGGER = System.getLogger(GuardedObserver.class.getName());

  @Override
  public Watch begins(Work work) {
    Watch unwatched = _ -> {};
    var before = guarded(() -> outer.begins(work), unwatched);
    var after = guarded(() -> inner.begins(work), unwatched);
    return new Watch() {
      @Override
      public Optional<TraceContext> trace() {
        return guarded(before::trace, Optional.<TraceContext>empty())
            .or(() -> guarded(after::trace, Optional.empty()));
      }

      @Override
      public void conflicted(int attempt) {
        guarded(() -> before.conflicted(attempt));
        guarded(() -> after.conflicted(attempt));
      }

      @Override
      public void ended(Ending ending) {
        guarded(() -> after.ended(ending));
        guarded(() -> before.ended(ending));
      }
    };
  }

  private static void guarded(Runnable look) {
    var _ =
        guarded(
            () -> {
              look.run();
              return true;
            },
            true);
  }

  private static <T> T guarded(Supplier<T> look, T otherwise) {
    try {
      return look.get();
    } catch (RuntimeException e) {
      LOGGER.log(System.Logger.Level.WARNING, "An observer of commands failed", e);
      return otherwise;
    }
  }
}
