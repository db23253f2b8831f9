// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks.embedded;

import io.leftfold.api.StreamName;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.Slice;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/// What people would use instead: keys in order in RocksDB, its write-ahead log synced at each
/// write. It brings the writes of many threads together by itself.
final class RocksDb implements Peer {

  private static final int CALLERS_MAX = 512;
  private static final long CACHE_BYTES = 256L << 20;
  private static final int BLOOM_BITS = 10;

  private final LRUCache cache = new LRUCache(CACHE_BYTES);
  private final BloomFilter bloom = new BloomFilter(BLOOM_BITS);
  private final Options options;
  private final WriteOptions synced = new WriteOptions().setSync(true);
  private final RocksDB database;
  private final WriteBatch batch = new WriteBatch();
  private final Map<String, Integer> revisions = new ConcurrentHashMap<>();

  static {
    RocksDB.loadLibrary();
  }

  RocksDb(Path directory) throws RocksDBException {
    this.options =
        new Options()
            .setCreateIfMissing(true)
            .setTableFormatConfig(
                new BlockBasedTableConfig().setBlockCache(cache).setFilterPolicy(bloom));
    this.database = RocksDB.open(options, directory.toString());
  }

  @Override
  public String describe() {
    return "RocksDB, synced WAL";
  }

  @Override
  public int callersMax() {
    return CALLERS_MAX;
  }

  private byte[] nextKey(StreamName stream) {
    return key(stream, revisions.merge(stream.value(), 1, Integer::sum) - 1);
  }

  /// The name, a byte that ends it, the revision with its most significant byte first.
  private static byte[] key(StreamName stream, int revision) {
    var name = stream.value().getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(name.length + 1 + Integer.BYTES)
        .put(name)
        .put((byte) 0)
        .putInt(revision)
        .array();
  }

  /// The id, the length of the type, the type, the data.
  private static byte[] value() {
    var type = Events.TYPE.getBytes(StandardCharsets.UTF_8);
    var random = ThreadLocalRandom.current();
    return ByteBuffer.allocate(2 * Long.BYTES + 1 + type.length + Events.DATA_BYTES)
        .putLong(random.nextLong())
        .putLong(random.nextLong())
        .put((byte) type.length)
        .put(type)
        .put(Events.sharedData())
        .array();
  }

  @Override
  public void insert(StreamName stream) throws RocksDBException {
    batch.put(nextKey(stream), value());
  }

  @Override
  public void commit() throws RocksDBException {
    database.write(synced, batch);
    batch.clear();
  }

  @Override
  public void append(StreamName stream) throws RocksDBException {
    database.put(synced, nextKey(stream), value());
  }

  @Override
  public int read(StreamName stream) throws RocksDBException {
    var count = 0;
    try (var end = new Slice(key(stream, Integer.MAX_VALUE));
        var reading = new ReadOptions().setIterateUpperBound(end);
        var events = database.newIterator(reading)) {
      for (events.seek(key(stream, 0)); events.isValid(); events.next()) {
        var value = events.value();
        var typeLength = value[2 * Long.BYTES];
        if (value.length != 2 * Long.BYTES + 1 + typeLength + Events.DATA_BYTES
            || new String(value, 2 * Long.BYTES + 1, typeLength, StandardCharsets.UTF_8)
                .isEmpty()) {
          throw new IllegalStateException("This is not what was inserted");
        }
        count++;
      }
      events.status();
    }
    return count;
  }

  @Override
  public void close() {
    batch.close();
    database.close();
    synced.close();
    options.close();
    bloom.close();
    cache.close();
  }
}
