// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.group;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/// The core of a group by seeds. `-Dtests.seed=<seed>` runs one again, `-Dtests.seeds=<count>`
/// more.
final class GroupCoreTest {

  private static final long HISTORIES = 2_000;

  @Test
  void whatever_happens_every_event_is_delivered_until_it_is_done_and_nothing_stalls() {
    seeds()
        .forEach(seed -> {
          var history = new GroupHistory(seed);
          try {
            history.run();
          } catch (RuntimeException | AssertionError e) {
            throw new AssertionError(
                "History %d of %s failed; -Dtests.seed=%d runs it again"
                    .formatted(seed, history, seed),
                e);
          }
        });
  }

  private static LongStream seeds() {
    var seed = System.getProperty("tests.seed");
    return seed == null
        ? LongStream.range(0, Long.getLong("tests.seeds", HISTORIES))
        : LongStream.of(Long.parseLong(seed));
  }
}
