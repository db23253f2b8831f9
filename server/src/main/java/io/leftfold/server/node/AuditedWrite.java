// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.node;

import io.leftfold.api.AppendResult;
import io.leftfold.api.LeftfoldException;
import io.leftfold.api.UnavailableException;
import io.leftfold.engine.AppendCompletion;
import io.leftfold.engine.LocalEventStore;
import io.leftfold.server.access.Audit;
import java.util.List;
import java.util.function.UnaryOperator;

/// A write that changes who may do what, and that nobody waits for: recorded in `$audit` first,
/// written then; when `$audit` says what came of it, its caller is told.
record AuditedWrite(
    LocalEventStore store, Audit audit, List<Audit.Entry> entries, AppendCompletion waiting) {

  /// What the engine offers to those who wait for no answer.
  interface Write {
    void begin(AppendCompletion completion);
  }

  void begin(Write write) {
    store.append(
        List.of(audit.part(entries)),
        new AppendCompletion() {
          @Override
          public void completed(AppendResult recorded) {
            beginRecorded(write);
          }

          @Override
          public void failed(LeftfoldException reason) {
            waiting.failed(reason);
          }
        });
  }

  private void beginRecorded(Write write) {
    try {
      write.begin(
          new AppendCompletion() {
            @Override
            public void completed(AppendResult result) {
              note(Audit.Entry::done, () -> waiting.completed(result));
            }

            @Override
            public void failed(LeftfoldException reason) {
              refused(reason);
            }
          });
    } catch (LeftfoldException refused) {
      refused(refused);
    } catch (RuntimeException misuse) {
      // On the writer's thread: whoever waits must be told, and nobody else can.
      refused(
          new UnavailableException(
              UnavailableException.Reason.READ_ONLY,
              "It cannot be written: " + misuse.getMessage(),
              misuse));
    }
  }

  private void refused(LeftfoldException reason) {
    note(entry -> entry.failed(reason), () -> waiting.failed(reason));
  }

  /// Somebody wanted it who may not. Nobody waits for that.
  void denied() {
    note(Audit.Entry::denied, () -> {});
  }

  private void note(UnaryOperator<Audit.Entry> outcome, Runnable then) {
    var noted = entries.stream().map(outcome).toList();
    try {
      store.append(
          List.of(audit.part(noted)),
          new AppendCompletion() {
            @Override
            public void completed(AppendResult recorded) {
              then.run();
            }

            @Override
            public void failed(LeftfoldException reason) {
              notNoted(noted, reason, then);
            }
          });
    } catch (LeftfoldException reason) {
      notNoted(noted, reason, then);
    }
  }

  private static void notNoted(List<Audit.Entry> noted, LeftfoldException reason, Runnable then) {
    noted.forEach(entry -> Auditing.notRecorded(entry, reason));
    then.run();
  }
}
