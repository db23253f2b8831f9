// SPDX-License-Identifier: Apache-2.0

package io.leftfold.api;

/// What the writer believes about a stream at the moment of the append.
public sealed interface ExpectedState {

  /// The writer makes no claim.
  ///
  /// @return the claim
  static ExpectedState any() {
    return Any.INSTANCE;
  }

  /// The writer believes the stream to hold no events.
  ///
  /// @return the claim
  static ExpectedState noStream() {
    return NoStream.INSTANCE;
  }

  /// The writer believes the stream to exist.
  ///
  /// @return the claim
  static ExpectedState streamExists() {
    return StreamExists.INSTANCE;
  }

  /// The writer believes the last event of the stream to have this revision.
  ///
  /// @param revision from 0
  /// @return the claim
  static ExpectedState atRevision(long revision) {
    return new AtRevision(revision);
  }

  /// The writer believes the stream to be deleted, and not for ever.
  ///
  /// @return the claim
  static ExpectedState deleted() {
    return Deleted.INSTANCE;
  }

  /// The writer believes the stream to be closed for ever. It can be checked, and not be written.
  ///
  /// @return the claim
  static ExpectedState tombstoned() {
    return Tombstoned.INSTANCE;
  }

  /// The writer makes no claim; only a tombstone stands against it.
  record Any() implements ExpectedState {
    private static final Any INSTANCE = new Any();

    @Override
    public String toString() {
      return "any state";
    }
  }

  /// The stream holds no visible events: it was never written, or was deleted.
  record NoStream() implements ExpectedState {
    private static final NoStream INSTANCE = new NoStream();

    @Override
    public String toString() {
      return "no stream";
    }
  }

  /// The stream holds events or metadata, and is not deleted.
  record StreamExists() implements ExpectedState {
    private static final StreamExists INSTANCE = new StreamExists();

    @Override
    public String toString() {
      return "an existing stream";
    }
  }

  /// The stream was deleted softly, and not written since.
  record Deleted() implements ExpectedState {
    private static final Deleted INSTANCE = new Deleted();

    @Override
    public String toString() {
      return "a deleted stream";
    }
  }

  /// The stream was closed for ever.
  record Tombstoned() implements ExpectedState {
    private static final Tombstoned INSTANCE = new Tombstoned();

    @Override
    public String toString() {
      return "a tombstoned stream";
    }
  }

  /// The last event of the stream has exactly this revision.
  ///
  /// @param revision counted from 0
  record AtRevision(long revision) implements ExpectedState {
    /// Checks the revision.
    public AtRevision {
      if (revision < 0) {
        throw new IllegalArgumentException("A revision is counted from 0, got " + revision);
      }
    }

    @Override
    public String toString() {
      return "revision " + revision;
    }
  }
}
