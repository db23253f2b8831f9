// SPDX-License-Identifier: Apache-2.0

package io.leftfold.api;

import java.util.List;

/// An append was refused because a stream was not what the writer believed. Nothing was written.
public final class WrongExpectedStateException extends LeftfoldException {

  private static final long serialVersionUID = 1;

  private final transient List<Conflict> conflicts;

  /// With everything that stood against the append.
  ///
  /// @param conflicts at least one
  public WrongExpectedStateException(List<Conflict> conflicts) {
    var first = conflicts.getFirst();
    super(
        "Append to %s expected %s, but the stream is %s%s"
            .formatted(
                first.stream,
                first.expected,
                first.actual,
                conflicts.size() == 1 ? "" : " (and %d more)".formatted(conflicts.size() - 1)));
    this.conflicts = List.copyOf(conflicts);
  }

  /// With the one thing that stood against the append.
  ///
  /// @param stream the stream
  /// @param expected what the writer believed
  /// @param actual what it is
  public WrongExpectedStateException(
      StreamName stream, ExpectedState expected, StreamState actual) {
    this(List.of(new Conflict(stream, expected, actual)));
  }

  /// Everything that stood against the append.
  ///
  /// @return at least one
  public List<Conflict> conflicts() {
    return conflicts;
  }

  /// The first stream that was not as expected.
  ///
  /// @return the stream
  public StreamName stream() {
    return conflicts.getFirst().stream;
  }

  /// What the writer believed of [#stream()].
  ///
  /// @return the belief
  public ExpectedState expected() {
    return conflicts.getFirst().expected;
  }

  /// What [#stream()] is.
  ///
  /// @return the state
  public StreamState actual() {
    return conflicts.getFirst().actual;
  }

  /// One stream that was not as expected.
  ///
  /// @param stream the stream
  /// @param expected what the writer believed
  /// @param actual what it is
  public record Conflict(StreamName stream, ExpectedState expected, StreamState actual) {}
}
