// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.node;

import io.leftfold.api.LeftfoldException;
import io.leftfold.api.NotAuthorizedException;
import io.leftfold.server.access.Audit;
import io.leftfold.server.access.Caller;
import io.leftfold.server.access.UserAccess;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// Sees to it that `$audit` says what one caller did as an administrator, or wanted to. Where there
/// are no users nothing is recorded. All methods wait: not for an event loop.
final class Auditing {

  private static final System.Logger LOGGER = System.getLogger(Auditing.class.getName());

  private final Optional<UserAccess> users;
  private final Caller caller;
  private final String from;

  Auditing(Optional<UserAccess> users, Caller caller, String from) {
    this.users = users;
    this.caller = caller;
    this.from = from;
  }

  /// Does what is none of the store's commits: what is begun is recorded before, what came of it
  /// behind. If the beginning cannot be recorded, nothing is done.
  ///
  /// @param require lets pass who may
  /// @param action what, in words
  /// @param subject with what
  /// @param work does it
  <T> T doing(Runnable require, String action, String subject, Supplier<T> work) {
    return doing(require, () -> users.map(known -> entry(known.audit(), action, subject)), work);
  }

  /// The same, if it is to be recorded at all.
  ///
  /// @param entry of the action; asked for once
  <T> T doing(Runnable require, Supplier<Optional<Audit.Entry>> entry, Supplier<T> work) {
    requiring(require, entry);
    var begun = entry.get();
    begun.ifPresent(this::record);
    T result;
    try {
      result = work.get();
    } catch (RuntimeException failure) {
      begun.ifPresent(action -> note(action.failed(failure)));
      throw failure;
    }
    begun.ifPresent(action -> note(action.done()));
    return result;
  }

  /// Does what records its entry itself, in the commit of what is done.
  ///
  /// @param work is given the entry
  void changing(Runnable require, String action, String subject, Consumer<Audit.Entry> work) {
    var audit = users.orElseThrow().audit();
    var entry = entry(audit, action, subject);
    requiring(require, () -> Optional.of(entry));
    try {
      work.accept(entry);
    } catch (NotAuthorizedException denied) {
      if (audit.takesDenialOf(caller)) {
        note(entry.denied());
      }
      throw denied;
    } catch (RuntimeException failure) {
      note(entry.failed(failure));
      throw failure;
    }
  }

  private void requiring(Runnable require, Supplier<Optional<Audit.Entry>> entry) {
    try {
      require.run();
    } catch (NotAuthorizedException denied) {
      entry
          .get()
          .filter(_ -> users.orElseThrow().audit().takesDenialOf(caller))
          .ifPresent(action -> note(action.denied()));
      throw denied;
    }
  }

  private Audit.Entry entry(Audit audit, String action, String subject) {
    return audit.entry(caller, from, action, subject);
  }

  private void record(Audit.Entry entry) {
    users.orElseThrow().audit().record(entry);
  }

  /// Records what cannot be taken back; the caller is told what came of it in any case.
  private void note(Audit.Entry entry) {
    try {
      record(entry);
    } catch (LeftfoldException e) {
      notRecorded(entry, e);
    }
  }

  static void notRecorded(Audit.Entry entry, LeftfoldException reason) {
    LOGGER.log(
        System.Logger.Level.WARNING,
        "$audit does not say that this was {0}: {1} by {2}, with {3}, since it cannot be written: {4}",
        entry.outcome(),
        entry.what(),
        entry.who(),
        entry.subject(),
        reason.getMessage());
  }
}
