// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit.topology;

import io.leftfold.toolkit.ProjectionStoppedException;
import java.time.Duration;
import java.util.List;

/// Lets all members run in the background.
///
/// @param members which
/// @param patience how long who appends waits for them at most
record Threaded(List<Member> members, Duration patience) implements Driver {

  static Threaded of(List<Member> members) {
    return waitingFor(members, Duration.ZERO);
  }

  static Threaded waitingFor(List<Member> members, Duration patience) {
    members.forEach(Member::start);
    return new Threaded(members, patience);
  }

  @Override
  public void appended(long position) {
    if (!patience.isPositive()) {
      return;
    }
    try {
      for (var member : members) {
        awaitOrPassOver(member, position);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void awaitOrPassOver(Member member, long position) throws InterruptedException {
    try {
      var _ = member.await(position, patience);
    } catch (ProjectionStoppedException _) {
      // Its status says why, and the append is done.
    }
  }

  @Override
  public void drain() {
    throw new IllegalStateException("This topology runs in the background, and is not drained");
  }

  @Override
  public void close() {
    members.forEach(Member::close);
  }
}
