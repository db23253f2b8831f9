// SPDX-License-Identifier: Apache-2.0

package io.leftfold.observing;

import io.leftfold.toolkit.WorkObserver.Ending;
import io.leftfold.toolkit.WorkObserver.Work;

/// What work and its endings are called.
final class Names {

  private Names() {}

  /// The class of the command: there are as many as an application has.
  static String of(Work work) {
    return work.command().getClass().getSimpleName();
  }

  static String of(Ending ending) {
    return switch (ending) {
      case Ending.Accepted() -> "accepted";
      case Ending.Repeated() -> "repeated";
      case Ending.Rejected() -> "rejected";
      case Ending.Failed _ -> "failed";
    };
  }
}
