// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks.embedded;

import io.leftfold.api.StreamName;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.type.ByteArrayDataType;
import org.h2.mvstore.type.StringDataType;

/// What people would use instead: a map in order in H2's MVStore, committed and synced at each
/// write. One thread, for a commit has all that was put before it, whoever put it.
final class MvStore implements Peer {

  private static final int CACHE_MEBIBYTES = 256;

  private final MVStore store;
  private final MVMap<String, byte[]> events;
  private final SplittableRandom random = new SplittableRandom(3);
  private final Map<String, Integer> revisions = new HashMap<>();

  MvStore(Path file) {
    this.store =
        new MVStore.Builder()
            .fileName(file.toString())
            .autoCommitDisabled()
            .cacheSize(CACHE_MEBIBYTES)
            .open();
    this.events =
        store.openMap(
            "events",
            new MVMap.Builder<String, byte[]>()
                .keyType(StringDataType.INSTANCE)
                .valueType(ByteArrayDataType.INSTANCE));
  }

  @Override
  public String describe() {
    return "H2 MVStore, commit and sync";
  }

  /// Ten digits keep the order of numbers in the order of texts.
  private static String key(StreamName stream, int revision) {
    return "%s/%010d".formatted(stream.value(), revision);
  }

  @Override
  public void insert(StreamName stream) {
    var revision = revisions.merge(stream.value(), 1, Integer::sum) - 1;
    var type = Events.TYPE.getBytes(StandardCharsets.UTF_8);
    events.put(
        key(stream, revision),
        ByteBuffer.allocate(2 * Long.BYTES + 1 + type.length + Events.DATA_BYTES)
            .putLong(random.nextLong())
            .putLong(random.nextLong())
            .put((byte) type.length)
            .put(type)
            .put(Events.sharedData())
            .array());
  }

  @Override
  public void commit() {
    store.commit();
    store.sync();
  }

  @Override
  public int read(StreamName stream) {
    var count = 0;
    var cursor = events.cursor(key(stream, 0), key(stream, Integer.MAX_VALUE), false);
    while (cursor.hasNext()) {
      cursor.next();
      var value = cursor.getValue();
      var typeLength = value[2 * Long.BYTES];
      if (value.length != 2 * Long.BYTES + 1 + typeLength + Events.DATA_BYTES) {
        throw new IllegalStateException("This is not what was inserted");
      }
      count++;
    }
    return count;
  }

  @Override
  public void close() {
    store.close();
  }
}
