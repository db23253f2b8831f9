// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.grpc.streams;

import io.leftfold.api.EventView;
import io.leftfold.api.ResolvedEvent;
import io.leftfold.server.group.GroupId;
import java.nio.charset.StandardCharsets;

/// Knows the events of `$all` that clients are not shown: the notes of groups that read `$all`.
/// Each would be news to whoever follows everything, while nothing has happened. One thread at a
/// time.
final class Unshown {

  private byte[] name = new byte[0];

  boolean isUnshown(ResolvedEvent event) {
    return GroupId.isNoteOfGroupOnAll(event.original().stream().value());
  }

  /// Looks at the name only if it is long enough, which few are.
  boolean isUnshown(EventView event) {
    var length = event.streamLength();
    if (length < GroupId.NOTE_OF_GROUP_ON_ALL_MIN) {
      return false;
    }
    if (name.length < length) {
      name = new byte[length];
    }
    event.copyStream(name, 0);
    return name[0] == '$'
        && GroupId.isNoteOfGroupOnAll(new String(name, 0, length, StandardCharsets.UTF_8));
  }
}
