// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.leftfold.api.ExpectedState;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.StreamName;
import io.leftfold.api.UnavailableException;
import io.leftfold.engine.disk.FaultyDisk;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// A disk that gets full, and has room again.
@ExtendWith(QuietEngine.class)
final class DiskFullTest {

  private static final StreamName STREAM = StreamName.of("account-1");
  private static final long RESERVE = 64L << 20;

  private final FaultyDisk disk = new FaultyDisk(1);

  private LocalEventStore open() {
    return LocalEventStore.on(disk, StoreRig.options(1, 1 << 20));
  }

  private static void append(LocalEventStore store, int bytes) {
    store.append(STREAM, ExpectedState.any(), ProposedEvent.binary("Paid", new byte[bytes]));
  }

  private static void assertIsRefused(LocalEventStore store) {
    assertThatThrownBy(() -> append(store, 100))
        .isInstanceOfSatisfying(
            UnavailableException.class,
            refused -> {
              assertThat(refused.reason()).isEqualTo(UnavailableException.Reason.READ_ONLY);
              assertThat(refused).hasMessageContaining("until there is room");
            });
  }

  @Test
  void appends_are_refused_before_the_disk_is_full_and_taken_again_when_there_is_room() {
    disk.usable(RESERVE + 3000);
    try (var store = open()) {
      var taken = 0;
      try {
        for (; taken < 100; taken++) {
          append(store, 1000);
          disk.usable(disk.usableBytes() - 1100);
        }
      } catch (UnavailableException e) {
        assertThat(disk.usableBytes()).isGreaterThan(RESERVE - 4000);
      }
      assertThat(taken).isBetween(1, 4);
      disk.usable(RESERVE);
      assertIsRefused(store);
      assertThatThrownBy(() -> store.delete(STREAM, ExpectedState.any()))
          .isInstanceOf(UnavailableException.class);
      assertThat(store.read(STREAM, ReadOptions.forwards()).events()).hasSize(taken);

      disk.usable(RESERVE << 1);
      append(store, 1000);
      assertThat(store.read(STREAM, ReadOptions.forwards()).events()).hasSize(taken + 1);
    }
    assertThat(StoreCheck.check(disk, StoreCheck.Progress.none()).damages()).isEmpty();
  }

  @Test
  void between_two_looks_at_the_disk_less_is_written_than_the_reserve() {
    disk.usable(1L << 40);
    try (var store = open()) {
      append(store, 100);
      disk.usable(0); // somebody else took all of it
      var written = 0L;
      try {
        while (written < RESERVE) {
          append(store, 500_000);
          written += 500_000;
        }
      } catch (UnavailableException e) {
        assertThat(e).hasMessageContaining("until there is room");
      }
      assertThat(written).isLessThan(RESERVE / 2);
    }
  }

  @Test
  void a_scavenge_does_not_take_the_room_that_the_writer_needs() throws InterruptedException {
    try (var store = LocalEventStore.on(disk, StoreRig.options(1, 4096))) {
      for (var i = 0; i < 10; i++) {
        append(store, 1000);
      }
      store.delete(STREAM, ExpectedState.any());
      append(store, 1000);
      disk.usable(RESERVE + 10);
      var progress = store.scavenge(ScavengeOptions.defaults()).await();
      assertThat(progress.outcome()).isEqualTo(ScavengeProgress.Outcome.ERRORED);
      assertThat(progress.reason()).contains("make room");
      disk.usable(Long.MAX_VALUE);
      assertThat(store.scavenge(ScavengeOptions.defaults()).await().eventsForgotten()).isPositive();
    }
  }
}
