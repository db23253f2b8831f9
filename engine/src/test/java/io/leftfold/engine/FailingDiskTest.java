// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.leftfold.api.ExpectedState;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.api.UnavailableException;
import io.leftfold.engine.disk.FaultyDisk;
import io.leftfold.engine.disk.FaultyDisk.Fault;
import java.util.List;
import java.util.Random;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What a store does when its disk refuses: no more appends, reading goes on, reopening works.
@ExtendWith(QuietEngine.class)
final class FailingDiskTest {

  private static final StreamName STREAM = StreamName.of("account-1");

  @ParameterizedTest
  @EnumSource(Fault.class)
  void after_a_failure_appends_are_refused_with_the_reason_and_reads_go_on(Fault fault) {
    Seeds.each(
        15,
        seed -> {
          var random = new Random(seed);
          var disk = new FaultyDisk(seed);
          var rig = new StoreRig(seed, 4 << 10);
          List<RecordedEvent> before;
          try (var store = rig.open(disk)) {
            rig.appendBurst(store, 3);
            before = store.readAll(ReadOptions.forwards()).events();
            disk.failing(fault, 1 + random.nextInt(3));
            while (!disk.struck()) {
              before = store.readAll(ReadOptions.forwards()).events();
              rig.appendBurst(store, 1);
            }
            assertIsRefused(store);
            assertIsRefused(store);
            assertThat(store.readAll(ReadOptions.forwards()).events()).isEqualTo(before);
            for (var stream : before.stream().map(RecordedEvent::stream).distinct().toList()) {
              assertThat(store.read(stream, ReadOptions.forwards()).events()).isNotEmpty();
            }
          }
          disk.makeSpace();
          disk = random.nextBoolean() ? disk.afterKill() : disk.afterPowerFailure();
          try (var store = rig.open(disk)) {
            assertThat(store.readAll(ReadOptions.forwards()).events()).startsWith(array(before));
            rig.check(store);
            assertThat(rig.appendBurst(store, 3)).as("appends go on").isTrue();
          }
          rig.check(disk.afterPowerFailure());
        });
  }

  private static RecordedEvent[] array(List<RecordedEvent> events) {
    return events.toArray(RecordedEvent[]::new);
  }

  private static void assertIsRefused(LocalEventStore store) {
    assertThatThrownBy(
            () -> store.append(STREAM, ExpectedState.any(), ProposedEvent.json("Late", "{}")))
        .asInstanceOf(InstanceOfAssertFactories.type(UnavailableException.class))
        .satisfies(refused -> {
          assertThat(refused.reason()).isEqualTo(UnavailableException.Reason.READ_ONLY);
          assertThat(refused).hasMessageContaining("injected: ");
          assertThat(refused).hasRootCauseMessage(rootMessage(refused));
        });
  }

  private static String rootMessage(Throwable failure) {
    var root = failure;
    for (var cause = failure.getCause(); cause != null; cause = cause.getCause()) {
      root = cause;
    }
    assertThat(root.getMessage()).startsWith("injected: ");
    return String.valueOf(root.getMessage());
  }

  @Test
  void a_store_is_opened_again_in_the_same_process_after_a_failure() {
    Seeds.each(
        40,
        seed -> {
          var disk = new FaultyDisk(seed);
          var rig = new StoreRig(seed, 4 << 10);
          for (var fault : Fault.values()) {
            try (var store = rig.open(disk)) {
              disk.failing(fault, 1 + new Random(seed).nextInt(3));
              while (!disk.struck()) {
                rig.appendBurst(store, 2);
              }
            }
            disk = disk.afterKill();
            disk.makeSpace();
            rig.check(disk);
          }
          rig.check(disk.afterPowerFailure());
        });
  }

  @Test
  void a_full_disk_is_no_damage_and_goes_on_when_there_is_space() {
    var disk = new FaultyDisk(7);
    var rig = new StoreRig(7, 16 << 10);
    try (var store = rig.open(disk)) {
      rig.appendBurst(store, 3);
      disk.failing(Fault.NO_SPACE, 2);
      while (rig.appendBurst(store, 1)) {}
      assertThatThrownBy(
              () -> store.append(STREAM, ExpectedState.any(), ProposedEvent.json("Late", "{}")))
          .hasMessageContaining("no space left on device");
    }
    assertThat(StoreCheck.check(disk, StoreCheck.Progress.none()).damages()).isEmpty();
    disk.makeSpace();
    rig.check(disk);
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "RESIZE_FAILS")
  void a_store_whose_disk_refuses_at_once_is_not_opened(Fault fault) {
    var disk = new FaultyDisk(3).failing(fault, 1);
    assertThatThrownBy(() -> LocalEventStore.on(disk, StoreRig.options(3, 4 << 10)))
        .isInstanceOf(UnavailableException.class)
        .hasMessageContaining("injected: ");
  }
}
