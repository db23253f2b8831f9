// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit.topology;

import java.time.Duration;

/// How a [Topology] is run. What comes of it is the same; what differs is who waits for it.
///
/// | mode | who does the work | who waits |
/// |---|---|---|
/// | [Stepped] | the caller of [RunningTopology#drain], nobody by itself | nobody |
/// | [Inline] | whoever appends | each append, until everything that follows from it is done |
/// | [AfterCommit] | threads in the background | each append, until projections have folded it |
/// | [Background] | threads in the background | nobody, or whoever asks [RunningTopology#await] |
/// | [Shared] | as in the background, each part in one of several processes | the same |
public sealed interface Mode {

  /// Nothing goes on by itself: for tests, which want one order and no threads, on a store in the
  /// same process. Over a network a process may hear of what was appended a moment later.
  record Stepped() implements Mode {}

  /// With the append, in its thread, on a store in the same process; any other one is refused. One
  /// appends at a time, so the target of a process does not wait for another thread that appends.
  /// Timers of processes are looked at with each append, and when somebody drains.
  record Inline() implements Mode {}

  /// In the background, and who appends waits for the version of each projection that is read, so
  /// that they read what they wrote. Whether it has come so far or not, the append is done.
  ///
  /// @param patience how long an append waits at most
  record AfterCommit(Duration patience) implements Mode {}

  /// In the background.
  record Background() implements Mode {}

  /// In the background of several processes, each of which is started with the same topology: every
  /// part runs in one of them, which holds its lease. Those who are started together get some each,
  /// for everybody takes one at a time; who comes later gets what others give back or lose. A part
  /// that has ended by itself is given to whoever is next, and tried there.
  ///
  /// A lease saves work and promises nothing: should two run the same part for a while, that does
  /// no harm, as it never does. What projections are kept in must be one for all processes: a
  /// database, not memory or files.
  ///
  /// @param holder what this process is called; another one in each
  /// @param lease how long after its holder was last heard of a part is taken over; longer than a
  ///   part takes to end, which is as long as a target of commands may take to answer. It is kept
  ///   with one small event three times in this time, of which the store keeps the last
  record Shared(String holder, Duration lease) implements Mode {
    /// Checks the name and the time.
    ///
    /// @throws IllegalArgumentException if the name is empty, or the lease is shorter than 30 ms
    public Shared {
      if (holder.isBlank()) {
        throw new IllegalArgumentException("A holder of leases has a name, got a blank one");
      }
      if (lease.toMillis() < SHORTEST_LEASE_MILLIS) {
        throw new IllegalArgumentException(
            "A lease is %d ms or longer, got %s".formatted(SHORTEST_LEASE_MILLIS, lease));
      }
    }
  }

  /// The shortest lease, in milliseconds.
  long SHORTEST_LEASE_MILLIS = 30;

  /// How long an append waits where a configuration only says `after-commit`.
  Duration PATIENCE = Duration.ofSeconds(5);

  /// How long a lease is where a configuration only says `shared`.
  Duration LEASE = Duration.ofSeconds(10);

  /// The mode that a configuration names.
  ///
  /// @param name `stepped`, `inline`, `after-commit`, `background` or `shared`
  /// @param holder what this process is called, for `shared`
  /// @return the mode, with [#PATIENCE] and [#LEASE]
  /// @throws IllegalArgumentException if there is none of that name
  static Mode named(String name, String holder) {
    return switch (name) {
      case "stepped" -> new Stepped();
      case "inline" -> new Inline();
      case "after-commit" -> new AfterCommit(PATIENCE);
      case "background" -> new Background();
      case "shared" -> new Shared(holder, LEASE);
      default ->
          throw new IllegalArgumentException(
              "A topology is run stepped, inline, after-commit, background or shared, got \"%s\""
                  .formatted(name));
    };
  }
}
