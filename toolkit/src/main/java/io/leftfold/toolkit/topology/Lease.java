// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit.topology;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.leftfold.api.EventStore;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.StreamMetadata;
import io.leftfold.api.StreamName;
import io.leftfold.api.WrongExpectedStateException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// The lease of something, in a stream of the store: whoever wrote its last event holds it. For one
/// thread.
///
/// ```
/// $lease-held    the holder's name: it is alive
/// $lease-given   the holder's name: it wants it no more
/// ```
///
/// Of several who want it at once the store lets one through, by the expected revision. Nobody's
/// clock is compared with anybody else's: a lease is over when its stream has not changed for the
/// length of a lease by the clock of who looks.
final class Lease {

  private static final String HELD = "$lease-held";
  private static final String GIVEN = "$lease-given";

  private final EventStore store;
  private final StreamName stream;
  private final String holder;
  private final Duration length;
  private final Clock clock;

  /// The revision of the last event, if that is ours and says that we hold it.
  private OptionalLong held = OptionalLong.empty();

  private @Nullable Seen seen;

  /// What somebody else has written.
  ///
  /// @param revision of the last event
  /// @param since when it is known here
  private record Seen(long revision, Instant since) {}

  Lease(EventStore store, StreamName stream, String holder, Duration length, Clock clock) {
    this.store = store;
    this.stream = stream;
    this.holder = holder;
    this.length = length;
    this.clock = clock;
  }

  /// Whether it is held here, as far as is known.
  boolean isHeld() {
    return held.isPresent();
  }

  /// Says that the holder is alive.
  ///
  /// @return whether it is still held here; not if somebody else has taken it
  boolean hold() {
    return held.isPresent() && write(HELD, held.getAsLong());
  }

  /// Takes it if it is nobody's, or over. What this holder has written itself, and was not answered
  /// about, or before it was started again, is its own.
  ///
  /// @return whether it is held here now
  boolean take() {
    var last = last();
    if (last.isEmpty()) {
      return taken(-1);
    }
    var revision = last.get().revision();
    var isOurs = last.get().dataAsText().equals(holder);
    if (isOurs || last.get().type().equals(GIVEN) || isOver(revision)) {
      return taken(revision);
    }
    return false;
  }

  private boolean taken(long behind) {
    if (!write(HELD, behind)) {
      return false;
    }
    if (store.metadata(stream).metadata().maxCount().isEmpty()) {
      var keepTheLast = StreamMetadata.none().withMaxCount(1);
      var _ = store.writeMetadata(stream, ExpectedState.any(), keepTheLast);
    }
    return true;
  }

  private boolean isOver(long revision) {
    var now = clock.instant();
    if (seen == null || seen.revision() != revision) {
      seen = new Seen(revision, now);
    }
    return !now.isBefore(seen.since().plus(length));
  }

  private Optional<RecordedEvent> last() {
    try (var read = store.read(stream, ReadOptions.backwards().limit(1))) {
      return read.stream().findFirst().map(event -> event.original());
    }
  }

  /// Says that the holder wants it no more, if it is held here.
  void give() {
    if (held.isPresent()) {
      var _ = write(GIVEN, held.getAsLong());
      held = OptionalLong.empty();
    }
  }

  private boolean write(String type, long behind) {
    var expected = behind < 0 ? ExpectedState.noStream() : ExpectedState.atRevision(behind);
    try {
      var event = ProposedEvent.binary(type, holder.getBytes(UTF_8));
      held = OptionalLong.of(store.append(stream, expected, event).lastRevision());
      return true;
    } catch (WrongExpectedStateException _) {
      held = OptionalLong.empty();
      return false;
    }
  }
}
