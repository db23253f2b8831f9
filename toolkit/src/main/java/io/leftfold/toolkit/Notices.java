// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit;

import io.leftfold.api.RecordedEvent;
import java.lang.System.Logger.Level;
import java.util.Map;

/// What operators read in the log when a projection does not simply go on. What an application's
/// function threw is named by its class and place alone: its text may be personal, and logs are not
/// purged. It is kept with what is parked.
///
/// @param projection what it is called there
/// @param areWanted whether anybody is to read them
record Notices(String projection, boolean areWanted) {

  private static final System.Logger LOGGER = System.getLogger(Projector.class.getName());

  static Notices of(ProjectionVersion version) {
    return new Notices("Projection " + version, true);
  }

  /// Of what is nobody's to operate: tests, folds of the past.
  static Notices none() {
    return new Notices("", false);
  }

  private void log(Level level, String text) {
    if (areWanted) {
      LOGGER.log(level, projection + text);
    }
  }

  void failed(RecordedEvent event, RuntimeException failure) {
    log(
        Level.WARNING,
        " could not fold the event at position %d (%s); it is tried again"
            .formatted(event.position(), named(failure)));
  }

  void parked(RecordedEvent event, Map<String, RuntimeException> blamed) {
    blamed.forEach((partition, failure) ->
        log(
            Level.WARNING,
            " parked partition %s at position %d (%s); parked() has the text, and resume(\"%1$s\") goes on when the cause is gone"
                .formatted(partition, event.position(), named(failure))));
  }

  void retrying(RuntimeException failure) {
    LOGGER.log(
        Level.WARNING,
        projection + " tries again what is no event's fault, until it works",
        failure);
  }

  void goesOn() {
    log(Level.INFO, " goes on again");
  }

  void stopped(ProjectionFailedException failure) {
    log(
        Level.ERROR,
        " stopped before position %d (%s); status() has the text, and start() goes on when the cause is gone"
            .formatted(failure.position(), named(failure)));
  }

  void ended(Throwable failure) {
    LOGGER.log(Level.ERROR, projection + " does not run any more", failure);
  }

  void storeClosed() {
    log(Level.INFO, " ends, for the store was closed");
  }

  /// Its class, and where it was thrown.
  private static String named(RuntimeException failure) {
    var cause =
        failure instanceof ProjectionFailedException && failure.getCause() != null
            ? failure.getCause()
            : FoldFailure.causeOf(failure);
    var places = cause.getStackTrace();
    return cause.getClass().getName() + (places.length == 0 ? "" : " at " + places[0]);
  }
}
