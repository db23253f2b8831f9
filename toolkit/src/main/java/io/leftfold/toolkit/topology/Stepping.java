// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit.topology;

import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/// Works in the threads of those who append or ask, one at a time.
///
/// @param members which
/// @param withAppends whether those who append work
/// @param turn held by who works: what processes append meanwhile is theirs to see to
record Stepping(List<Member> members, boolean withAppends, ReentrantLock turn) implements Driver {

  private static final System.Logger LOGGER = System.getLogger(Stepping.class.getName());

  Stepping(List<Member> members, boolean withAppends) {
    this(members, withAppends, new ReentrantLock());
  }

  @Override
  public void start() {
    // Nothing goes on by itself.
  }

  @Override
  public void appended(long position) {
    if (!withAppends || turn.isHeldByCurrentThread()) {
      return;
    }
    turn.lock();
    try {
      // What was appended is there, whatever becomes of the rest.
      while (drainOnce(true)) {
        // What one did may be work for others.
      }
    } finally {
      turn.unlock();
    }
  }

  @Override
  public void drain() {
    turn.lock();
    try {
      while (drainOnce(false)) {
        // What one did may be work for others.
      }
    } finally {
      turn.unlock();
    }
  }

  private boolean drainOnce(boolean passingOverFailures) {
    var moved = false;
    for (var member : members) {
      try {
        moved |= member.drain();
      } catch (RuntimeException e) {
        if (!passingOverFailures) {
          throw e;
        }
        LOGGER.log(
            System.Logger.Level.WARNING,
            "%s fell behind, and is tried again with the next append".formatted(member.name()),
            e);
      }
    }
    return moved;
  }

  @Override
  public void close() {
    turn.lock();
    try {
      members.forEach(Member::close);
    } finally {
      turn.unlock();
    }
  }
}
