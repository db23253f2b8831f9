// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.index;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.leftfold.api.UnavailableException;
import io.leftfold.engine.ForgedFiles;
import io.leftfold.engine.disk.MemoryDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.provider.MethodSource;

/// Whatever stands in a segment of the index, checksums made right: it is refused as damaged, or
/// its keys and lists of places are within what it covers.
final class SegmentFuzzTest {

  private static final String NAME = "segment-000000000000-000000000008.index";
  private static final int KEYS_MAX = 1000;

  static Stream<byte[]> segments() throws IOException {
    return Stream.of(ForgedFiles.golden("v2/index/" + NAME));
  }

  @MethodSource("segments")
  @FuzzTest
  void keys_and_places_are_read_or_refused(byte[] bytes) throws IOException {
    var forged = ForgedFiles.withRightChecksums(NAME, bytes);
    var disk = new MemoryDisk();
    var file = disk.create(NAME, forged.length);
    file.write(ByteBuffer.wrap(forged), 0);
    try (var segment = Segment.open(NAME, file, _ -> {})) {
      if (segment.size() < 1 || segment.first() < 0) {
        return; // refused by its name
      }
      segment.pages().requireAll();
      for (var kind : KeyKind.values()) {
        read(segment.find(new IndexKey(kind, "account", KeyHash.STANDARD)), segment);
        var keys = segment.keys(kind, "a", "account-1");
        for (var i = 0; i < KEYS_MAX && keys.next(); i++) {
          assertThat(keys.text()).isNotNull();
        }
      }
      var all = new SegmentCursor(segment);
      for (var i = 0; i < KEYS_MAX && all.next(); i++) {
        all.rewind();
        for (var n = 0L; n < all.count(); n++) {
          assertThat(all.nextPlace()).isBetween(0L, segment.size() - 1);
        }
        var key = new IndexKey(KeyKind.of(all.key()[0]), all.text(), KeyHash.STANDARD);
        read(segment.find(key), segment);
      }
    } catch (SegmentDamagedException | UnavailableException refused) {
      // So it may be.
    }
  }

  private static void read(@Nullable PartPostings found, Segment segment) {
    if (found == null) {
      return;
    }
    assertThat(found.count()).isBetween(1L, segment.size());
    var before = -1L;
    for (var i = 0L; i < found.count(); i++) {
      var place = found.at(i);
      assertThat(place).isBetween(before + 1, segment.size() - 1);
      before = place;
    }
    assertThat(found.ordinalOf(segment.size(), found.count())).isEqualTo(found.count());
  }
}
