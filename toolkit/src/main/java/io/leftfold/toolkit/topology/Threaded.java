// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit.topology;

import java.time.Clock;
import java.time.Duration;
import java.util.List;

/// Lets all members run in the background.
///
/// @param members which
/// @param patience how long who appends waits for all of them together, at most
/// @param clock by which they wait
record Threaded(List<Member> members, Duration patience, Clock clock) implements Driver {

  private static final System.Logger LOGGER = System.getLogger(Threaded.class.getName());

  @Override
  public void start() {
    members.forEach(Member::start);
  }

  @Override
  public void appended(long position) {
    if (!patience.isPositive()) {
      return;
    }
    var until = clock.instant().plus(patience);
    try {
      for (var member : members) {
        awaitOrPassOver(member, position, Duration.between(clock.instant(), until));
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private static void awaitOrPassOver(Member member, long position, Duration atMost)
      throws InterruptedException {
    if (!member.isRunning()) {
      return;
    }
    try {
      var _ = member.await(position, atMost.isPositive() ? atMost : Duration.ZERO);
    } catch (RuntimeException e) {
      // Whatever it is, the append is done.
      LOGGER.log(
          System.Logger.Level.DEBUG,
          "%s was not waited for: %s".formatted(member.name(), e.getMessage()));
    }
  }

  @Override
  public boolean restart(Member member) {
    return member.restart();
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
