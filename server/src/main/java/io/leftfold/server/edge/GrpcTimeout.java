// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.edge;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/// Reads the `grpc-timeout` header: one to eight digits and a unit.
final class GrpcTimeout {

  private static final int DIGITS_MAX = 8;

  private GrpcTimeout() {}

  /// The time; empty if the text is no timeout.
  static Optional<Duration> parse(String text) {
    var digits = text.length() - 1;
    if (digits < 1 || digits > DIGITS_MAX) {
      return Optional.empty();
    }
    var amount = 0L;
    for (var i = 0; i < digits; i++) {
      var c = text.charAt(i);
      if (c < '0' || c > '9') {
        return Optional.empty();
      }
      amount = amount * 10 + (c - '0');
    }
    var count = amount;
    return unit(text.charAt(digits)).map(unit -> Duration.of(count, unit));
  }

  private static Optional<ChronoUnit> unit(char letter) {
    return switch (letter) {
      case 'H' -> Optional.of(ChronoUnit.HOURS);
      case 'M' -> Optional.of(ChronoUnit.MINUTES);
      case 'S' -> Optional.of(ChronoUnit.SECONDS);
      case 'm' -> Optional.of(ChronoUnit.MILLIS);
      case 'u' -> Optional.of(ChronoUnit.MICROS);
      case 'n' -> Optional.of(ChronoUnit.NANOS);
      default -> Optional.empty();
    };
  }
}
