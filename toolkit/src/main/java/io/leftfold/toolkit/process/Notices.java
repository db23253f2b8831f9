// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit.process;

import io.leftfold.api.ProposedEvent;
import io.leftfold.api.StreamAppend;
import io.leftfold.toolkit.process.Instance.Issue;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// What operators read in the log when a process does not simply go on. What its functions threw is
/// in the entries for good, as text that says nothing personal, and so it is here.
final class Notices {

  private static final System.Logger LOGGER = System.getLogger(ProcessRunner.class.getName());

  private final String process;

  /// The types of commands of which the last one that was with its target had failed.
  private final Set<String> failing = ConcurrentHashMap.newKeySet();

  Notices(ProcessDefinition<?, ?, ?> definition) {
    this.process = definition.name();
  }

  /// Entries of an instance were recorded.
  void recorded(String instance, List<ProposedEvent> entries) {
    parking(entries)
        .ifPresent(cause ->
            LOGGER.log(
                Level.WARNING,
                "Instance %s of process %s is parked (%s); report and trace tell of it, and resume, skip or retry lets it go on"
                    .formatted(instance, process, cause)));
  }

  /// What is written to one stream of several.
  void recorded(ProcessDefinition<?, ?, ?> definition, StreamAppend part) {
    definition.instance(part.stream()).ifPresent(instance -> recorded(instance, part.events()));
  }

  private static Optional<String> parking(List<ProposedEvent> entries) {
    return entries.stream()
        .filter(entry -> entry.type().equals(EntryFormat.PARKED))
        .map(EntryFormat::parkedFor)
        .findFirst();
  }

  /// An event was set aside.
  void setAside(long position, String cause) {
    LOGGER.log(
        Level.WARNING,
        "Process %s passed over the event at position %d, for nobody can say whom it concerns (%s); aside() tells of it, and takeUp(%2$d, …) takes it to whom it concerns when this program can read it"
            .formatted(process, position, cause));
  }

  /// A target has failed. Told of the first of those commands of a type that fail in a row, at its
  /// first attempt: a target that is down fails them all.
  void triedInVain(String instance, Issue issue, int attempts, Throwable failure) {
    if (attempts == 1 && failing.add(issue.command().type())) {
      LOGGER.log(
          Level.WARNING,
          "Command %s of instance %s of process %s failed at its target (%s); it, and others of its type, are tried again"
              .formatted(issue.command().type(), instance, process, EntryFormat.cause(failure)));
    }
  }

  /// A target has answered.
  void answered(Issue issue) {
    failing.remove(issue.command().type());
  }
}
