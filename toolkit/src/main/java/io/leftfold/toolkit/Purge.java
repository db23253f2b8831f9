// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit;

import io.leftfold.api.StreamName;
import io.leftfold.toolkit.keys.Subject;
import java.util.List;
import java.util.Set;

/// What else knows something of a subject, besides the log, and is to forget it: a cache,
/// snapshots, a read model ([CommandHandler#purge], [Projector#purging]), whatever the application
/// has.
@FunctionalInterface
public interface Purge {

  /// Forgets what is personal of a subject, whose key is destroyed already. Done again it does no
  /// harm.
  ///
  /// @param subject whose
  /// @param streams that hold events with personal data of the subject
  /// @return what was purged, in words for the report; none if there was nothing
  List<String> purge(Subject subject, Set<StreamName> streams);
}
