// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit.process;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.leftfold.api.StreamName;
import java.util.List;
import java.util.stream.Stream;

/// Which instances of a process an event concerns.
///
/// @param targets each instance once; none if the event concerns nobody
public record Correlation(List<Target> targets) {

  /// The longest name of an instance, in bytes of UTF-8.
  public static final int INSTANCE_BYTES_MAX = 512;

  private static final Correlation NOBODY = new Correlation(List.of());

  /// Checks that no instance is named twice.
  ///
  /// @throws IllegalArgumentException if one is
  public Correlation {
    targets = List.copyOf(targets);
    if (targets.stream().map(Target::instance).distinct().count() != targets.size()) {
      throw new IllegalArgumentException(
          "An event concerns an instance once, got %s".formatted(targets));
    }
  }

  /// Nobody.
  ///
  /// @return the correlation
  public static Correlation ignored() {
    return NOBODY;
  }

  /// An instance, which begins with this event if there is none yet.
  ///
  /// @param instance its name
  /// @return the correlation
  public static Correlation start(String instance) {
    return of(instance, Presence.EITHER);
  }

  /// An instance that begins with this event. One that is there already is parked.
  ///
  /// @param instance its name
  /// @return the correlation
  public static Correlation startNew(String instance) {
    return of(instance, Presence.REQUIRED_ABSENT);
  }

  /// An instance, if there is one; otherwise nobody.
  ///
  /// @param instance its name
  /// @return the correlation
  public static Correlation continued(String instance) {
    return of(instance, Presence.IF_PRESENT);
  }

  /// An instance that is there. If it is not, it is made, and parked with this event.
  ///
  /// @param instance its name
  /// @return the correlation
  public static Correlation continueExisting(String instance) {
    return of(instance, Presence.REQUIRED_PRESENT);
  }

  private static Correlation of(String instance, Presence presence) {
    return new Correlation(List.of(new Target(instance, presence)));
  }

  /// These instances and others.
  ///
  /// @param other which besides
  /// @return all of them
  public Correlation and(Correlation other) {
    return new Correlation(Stream.concat(targets.stream(), other.targets.stream()).toList());
  }

  /// What is to be of an instance when an event comes for it.
  public enum Presence {
    /// It begins if it is not there.
    EITHER,
    /// It begins; one that is there is parked.
    REQUIRED_ABSENT,
    /// If it is not there, the event concerns nobody.
    IF_PRESENT,
    /// It is there; one that is not is made, and parked.
    REQUIRED_PRESENT
  }

  /// An instance that an event concerns.
  ///
  /// @param instance its name, 1 to [#INSTANCE_BYTES_MAX] bytes of UTF-8
  /// @param presence what is to be if it is there already, or is not
  public record Target(String instance, Presence presence) {
    /// Checks the name.
    ///
    /// @throws IllegalArgumentException if it is empty, too long or no Unicode
    public Target {
      var bytes = instance.getBytes(UTF_8).length;
      if (bytes == 0 || bytes > INSTANCE_BYTES_MAX) {
        throw new IllegalArgumentException(
            "The name of an instance has 1 to %d bytes of UTF-8, got %d"
                .formatted(INSTANCE_BYTES_MAX, bytes));
      }
      var _ = StreamName.of("process-" + instance);
    }
  }
}
