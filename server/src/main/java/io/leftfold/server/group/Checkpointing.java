// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.group;

import java.util.OptionalLong;

/// When a checkpoint is worth writing.
final class Checkpointing {

  private static final long AGAIN_MILLIS = 1_000;

  private final GroupSettings settings;

  /// At least one: a group on all passes over its own checkpoints, which are no progress.
  private final long least;

  private final long most;
  private long written;
  private long writtenAt;
  private long doneSince;
  private boolean writing;
  private long notBefore;

  /// @param written the last place that was written; −1 if none
  Checkpointing(GroupSettings settings, long written, long now) {
    this.settings = settings;
    this.least = Math.max(1, settings.minCheckpointCount());
    this.most = Math.max(1, settings.maxCheckpointCount());
    this.written = written;
    this.writtenAt = now;
  }

  /// So many events were done, or looked at because nobody wanted them.
  void progress(long events) {
    doneSince += events;
  }

  long written() {
    return written;
  }

  /// What is to be written now.
  OptionalLong due(long place, long now) {
    if (writing || place <= written || now < notBefore) {
      return OptionalLong.empty();
    }
    var isTime = isTimed() && now - writtenAt >= settings.checkpointAfter().toMillis();
    return doneSince >= most || (isTime && doneSince >= least)
        ? OptionalLong.of(place)
        : OptionalLong.empty();
  }

  private boolean isTimed() {
    return !settings.checkpointAfter().isZero();
  }

  void begun(long now) {
    writing = true;
    writtenAt = now;
    doneSince = 0;
  }

  void written(long place) {
    writing = false;
    written = Math.max(written, place);
  }

  void failed(long now) {
    writing = false;
    notBefore = now + AGAIN_MILLIS;
    doneSince = Math.max(least, most);
  }

  /// When time alone makes one due, if nothing else happens.
  OptionalLong dueAt(long place) {
    if (writing || place <= written) {
      return OptionalLong.empty();
    }
    if (doneSince >= most) {
      return OptionalLong.of(notBefore);
    }
    return isTimed() && doneSince >= least
        ? OptionalLong.of(Math.max(notBefore, writtenAt + settings.checkpointAfter().toMillis()))
        : OptionalLong.empty();
  }
}
