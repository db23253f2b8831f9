// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli;

import io.leftfold.api.AsOf;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// Times as people write them: with a date and an offset, so that nobody guesses a zone.
final class Times {

  private Times() {}

  private static Instant time(String text) {
    try {
      return DateTimeFormatter.ISO_OFFSET_DATE_TIME.parse(text, Instant::from);
    } catch (DateTimeException e) {
      throw new TypeConversionException(
          "a time with its offset is written 2026-07-17T14:02:00Z or 2026-07-17T16:02:00+02:00, got '%s'"
              .formatted(text));
    }
  }

  /// A time.
  static final class OfTime implements ITypeConverter<Instant> {
    @Override
    public Instant convert(String text) {
      return time(text);
    }
  }

  /// A time, or, of digits alone, a position.
  static final class OfMoment implements ITypeConverter<AsOf> {
    @Override
    public AsOf convert(String text) {
      if (!text.matches("[0-9]{1,18}")) {
        return new AsOf.Time(time(text));
      }
      return new AsOf.Position(Long.parseLong(text));
    }
  }
}
