// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.stream;

import io.leftfold.api.AppendResult;
import io.leftfold.api.LeftfoldException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// What somebody is told when all that it rests on is durable.
record Answer(
    Completion completion, @Nullable AppendResult result, @Nullable LeftfoldException reason) {

  private static final System.Logger LOGGER = System.getLogger(Answer.class.getName());

  static Answer completed(Completion completion, AppendResult result) {
    return new Answer(completion, result, null);
  }

  static Answer failed(Completion completion, LeftfoldException reason) {
    return new Answer(completion, null, reason);
  }

  void give() {
    if (result != null) {
      tell(completion -> completion.completed(result));
    } else if (reason != null) {
      tell(completion -> completion.failed(reason));
    }
  }

  void give(LeftfoldException instead) {
    tell(completion -> completion.failed(instead));
  }

  /// Whoever waits may fail at being told; the others are told all the same.
  private void tell(Consumer<Completion> telling) {
    try {
      telling.accept(completion);
    } catch (RuntimeException | Error e) {
      LOGGER.log(System.Logger.Level.ERROR, "Somebody failed at being told of an append", e);
    }
  }
}
