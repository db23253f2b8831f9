// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.disk;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A disk in memory that goes wrong as real ones do, by chance from a seed.
///
/// **Live and durable.** Each file has the bytes that readers see and the bytes that survive. A
/// write changes the first; a sync carries it over to the second. A new name is durable when the
/// directory was synced. A change of size is durable when the file was synced.
///
/// **Power fails** ([#powerFailsAt], [#afterPowerFailure]). What is durable stays. Of what is not,
/// anything may: each sector of 512 bytes keeps its old content or any that was written to it
/// since, independently of all other sectors, of names and of sizes.
///
/// **The process is killed** ([#afterKill]). The next one sees what was live, synced or not.
///
/// **Faults** ([#failing]). An operation fails once, leaving behind what such a failure may leave.
/// After a failed sync the system may believe that bytes were written which were not: they are seen
/// until the power fails, and no later sync writes them.
///
/// What is mapped is read until the file is closed, and no longer.
///
/// Both kinds of end give a new disk. The old one refuses everything from then on, so that a store
/// which still has it open can do no harm.
public final class FaultyDisk implements Disk {

  /// What goes wrong.
  public enum Fault {
    /// A write fails before anything was written.
    WRITE_FAILS,
    /// A write fails with a part of the bytes written.
    WRITE_STOPS_HALF_WAY,
    /// From this write on there is no space, until [#makeSpace].
    NO_SPACE,
    /// A sync fails; what of it became durable is chance.
    SYNC_FAILS,
    /// A file cannot be made larger or smaller.
    RESIZE_FAILS,
    /// A file cannot be created.
    CREATE_FAILS,
    /// A created file is there, but it is unknown whether its name is durable.
    DIRECTORY_SYNC_FAILS
  }

  private static final int SECTOR = 512;

  private final Random random;
  private final Map<String, Content> names = new TreeMap<>();
  private final Map<String, Content> durableNames = new TreeMap<>();

  private @Nullable Fault fault;
  private long faultAt;
  private boolean struck;
  private boolean full;
  private boolean off;
  private long usable = Long.MAX_VALUE;
  private long powerFailsAt = Long.MAX_VALUE;
  private long operations;

  /// An empty disk.
  ///
  /// @param seed of everything that is left to chance
  public FaultyDisk(long seed) {
    this.random = new Random(seed);
  }

  // ---- what the test does

  /// Lets an operation fail.
  ///
  /// @param fault how
  /// @param nth at which one of those that can fail so, counted from now on and from 1
  public synchronized FaultyDisk failing(Fault fault, long nth) {
    this.fault = fault;
    this.faultAt = nth;
    return this;
  }

  /// Whether the fault was met.
  public synchronized boolean struck() {
    return struck;
  }

  /// Says how many bytes can be written, without seeing to it.
  public synchronized void usable(long bytes) {
    usable = bytes;
  }

  /// Ends [Fault#NO_SPACE].
  public synchronized void makeSpace() {
    full = false;
  }

  /// Lets the power fail in the middle of an operation: whatever changes the disk, counted from the
  /// first and from 1. From then on everything is refused.
  public synchronized FaultyDisk powerFailsAt(long nth) {
    powerFailsAt = nth;
    return this;
  }

  /// Whether everything is refused: the power failed, or the process was killed.
  public synchronized boolean isOff() {
    return off;
  }

  /// How many operations changed the disk.
  public synchronized long operations() {
    return operations;
  }

  /// Cuts the power, if that did not happen, and gives what is found afterwards.
  public synchronized FaultyDisk afterPowerFailure() {
    off = true;
    var after = new FaultyDisk(random.nextLong());
    var luck = Luck.by(random);
    var found = new HashMap<Content, Content>();
    for (var name : union()) {
      var was = durableNames.get(name);
      var is = names.get(name);
      var content = was == is || luck.keeps(random) ? is : was;
      if (content != null) {
        after.keep(name, found.computeIfAbsent(content, c -> c.afterPowerFailure(random, luck)));
      }
    }
    return after;
  }

  /// Ends the process that uses the disk and gives what the next one finds.
  public synchronized FaultyDisk afterKill() {
    off = true;
    var after = new FaultyDisk(random.nextLong());
    after.full = full;
    var copies = new HashMap<Content, Content>();
    names.forEach((name, content) ->
        after.names.put(name, copies.computeIfAbsent(content, Content::afterKill)));
    durableNames.forEach((name, content) ->
        after.durableNames.put(name, copies.computeIfAbsent(content, Content::afterKill)));
    return after;
  }

  /// Everything that readers see, to be compared.
  public synchronized Map<String, byte[]> contents() {
    var copy = new TreeMap<String, byte[]>();
    names.forEach((name, content) -> copy.put(name, content.live.clone()));
    return copy;
  }

  /// The bytes that readers see of one file.
  public synchronized byte[] bytes(String name) {
    return content(name).live.clone();
  }

  /// Flips one bit of a file, durably.
  public synchronized void flip(String name, long offset, int bit) {
    var content = content(name);
    content.settle();
    content.live[(int) offset] ^= (byte) (1 << bit);
    content.mapped().set(ValueLayout.JAVA_BYTE, offset, content.live[(int) offset]);
    content.durable[(int) offset] ^= (byte) (1 << bit);
  }

  /// Replaces a file, durably.
  public synchronized void put(String name, byte[] bytes) {
    keep(name, new Content(bytes.clone(), bytes.clone()));
  }

  /// Loses a file, durably.
  public synchronized void remove(String name) {
    names.remove(name);
    durableNames.remove(name);
  }

  private void keep(String name, Content content) {
    names.put(name, content);
    durableNames.put(name, content);
  }

  private List<String> union() {
    var all = new TreeMap<String, Content>(names);
    durableNames.forEach(all::putIfAbsent);
    return List.copyOf(all.keySet());
  }

  // ---- what the store does

  @Override
  public synchronized List<String> list() throws IOException {
    requirePower();
    return List.copyOf(names.keySet());
  }

  @Override
  public synchronized DiskFile create(String name, long bytes) throws IOException {
    begin();
    strike(Fault.CREATE_FAILS, "create " + name);
    if (full) {
      throw noSpace();
    }
    var content = new Content(new byte[0], new byte[0]);
    content.resize(Math.toIntExact(bytes));
    names.put(name, content);
    requirePower();
    return new FaultyFile(name, content);
  }

  @Override
  public synchronized DiskFile open(String name) throws IOException {
    requirePower();
    if (!names.containsKey(name)) {
      throw new FileNotFoundException(name + " does not exist");
    }
    return new FaultyFile(name, content(name));
  }

  @Override
  public synchronized void rename(String from, String to) throws IOException {
    begin();
    requirePower();
    names.put(to, content(from));
    names.remove(from);
  }

  @Override
  public synchronized void delete(String name) throws IOException {
    begin();
    names.remove(name);
    requirePower();
  }

  @Override
  public synchronized void syncDirectory() throws IOException {
    begin();
    requirePower();
    if (strikes(Fault.DIRECTORY_SYNC_FAILS)) {
      if (random.nextBoolean()) {
        syncNames();
      }
      throw new IOException("injected: the directory could not be synced");
    }
    syncNames();
  }

  private void syncNames() {
    durableNames.clear();
    durableNames.putAll(names);
  }

  @Override
  public synchronized long usableBytes() {
    return usable;
  }

  @Override
  public synchronized String toString() {
    return "%d files, power to fail at operation %s, fault %s"
        .formatted(names.size(), powerFailsAt == Long.MAX_VALUE ? "none" : powerFailsAt, fault);
  }

  @Override
  public String describe(String name) {
    return "faulty:" + name;
  }

  @Override
  public void close() {}

  private Content content(String name) {
    var content = names.get(name);
    if (content == null) {
      throw new IllegalStateException(name + " does not exist");
    }
    return content;
  }

  private void begin() throws IOException {
    requirePower();
    operations++;
    if (operations == powerFailsAt) {
      off = true;
    }
  }

  private void requirePower() throws IOException {
    if (off) {
      throw new IOException("the power is off");
    }
  }

  private boolean strikes(Fault kind) {
    if (fault == kind && --faultAt == 0) {
      fault = null;
      struck = true;
      return true;
    }
    return false;
  }

  private void strike(Fault kind, String what) throws IOException {
    if (strikes(kind)) {
      throw new IOException("injected: could not " + what);
    }
  }

  private static IOException noSpace() {
    return new IOException("injected: no space left on device");
  }

  private final class FaultyFile implements DiskFile {
    private final String name;
    private final Content content;
    private final Arena mappings = Arena.ofShared();
    private boolean ended;

    FaultyFile(String name, Content content) {
      this.name = name;
      this.content = content;
    }

    @Override
    public String describe() {
      return FaultyDisk.this.describe(name);
    }

    @Override
    public long size() throws IOException {
      synchronized (FaultyDisk.this) {
        requirePower();
        return content.live.length;
      }
    }

    @Override
    public void endWriting() {
      ended = true;
    }

    private void beginWriting() throws IOException {
      if (ended) {
        throw new IOException(name + " is not written any more");
      }
      begin();
    }

    @Override
    public void write(ByteBuffer bytes, long offset) throws IOException {
      synchronized (FaultyDisk.this) {
        beginWriting();
        strike(Fault.WRITE_FAILS, "write " + name);
        full |= strikes(Fault.NO_SPACE);
        var half = strikes(Fault.WRITE_STOPS_HALF_WAY) || full || off;
        var length = half ? random.nextInt(bytes.remaining() + 1) : bytes.remaining();
        var written = new byte[length];
        bytes.get(written);
        content.write(Math.toIntExact(offset), written);
        if (full) {
          throw noSpace();
        }
        requirePower();
        if (half) {
          throw new IOException("injected: wrote %d bytes only".formatted(length));
        }
      }
    }

    @Override
    public void sync() throws IOException {
      synchronized (FaultyDisk.this) {
        beginWriting();
        requirePower();
        if (strikes(Fault.SYNC_FAILS)) {
          content.syncFails(random);
          throw new IOException("injected: could not sync " + name);
        }
        content.settle();
      }
    }

    @Override
    public void resize(long bytes) throws IOException {
      synchronized (FaultyDisk.this) {
        beginWriting();
        strike(Fault.RESIZE_FAILS, "resize " + name);
        if (full && bytes > content.live.length) {
          throw noSpace();
        }
        content.resize(Math.toIntExact(bytes));
        requirePower();
      }
    }

    @Override
    @SuppressWarnings("restricted") // the file's arena is to end what the file is read through
    public MemorySegment map() throws IOException {
      synchronized (FaultyDisk.this) {
        requirePower();
        var whole = content.mapped();
        // Whoever has the mapping keeps the bytes, too.
        return whole.reinterpret(mappings, _ -> ended(whole)).asReadOnly();
      }
    }

    private static void ended(MemorySegment whole) {
      assert whole.scope().isAlive() : "what is mapped outlives its mappings";
    }

    @Override
    public void close() {
      if (mappings.scope().isAlive()) {
        mappings.close();
      }
    }
  }

  /// How much of what was not synced survives: a mood of the whole crash, so that the extremes come
  /// as often as what lies between them.
  private record Luck(double kept) {
    static Luck by(Random random) {
      return switch (random.nextInt(4)) {
        case 0 -> new Luck(0);
        case 1 -> new Luck(1);
        default -> new Luck(random.nextDouble());
      };
    }

    boolean keeps(Random random) {
      return random.nextDouble() < kept;
    }
  }

  /// A change that is live and not durable.
  private sealed interface Change {
    record Write(int offset, byte[] bytes) implements Change {}

    record Resize(int size) implements Change {}
  }

  /// A file, whatever its names are.
  private static final class Content {
    private byte[] live;
    private byte[] durable;

    /// What is mapped: the live bytes, since they were mapped for the first time in this size.
    private @Nullable MemorySegment mapped;

    private final List<Change> unsynced = new ArrayList<>();

    Content(byte[] live, byte[] durable) {
      this.live = live;
      this.durable = durable;
    }

    void write(int offset, byte[] bytes) {
      if (offset + bytes.length > live.length) {
        resize(offset + bytes.length);
      }
      System.arraycopy(bytes, 0, live, offset, bytes.length);
      if (mapped != null) {
        MemorySegment.copy(bytes, 0, mapped, ValueLayout.JAVA_BYTE, offset, bytes.length);
      }
      unsynced.add(new Change.Write(offset, bytes));
    }

    MemorySegment mapped() {
      if (mapped == null) {
        mapped = Arena.ofAuto().allocateFrom(ValueLayout.JAVA_BYTE, live);
      }
      return mapped;
    }

    void resize(int size) {
      live = Arrays.copyOf(live, size);
      mapped = null;
      unsynced.add(new Change.Resize(size));
    }

    /// Makes all of it durable that is known not to be.
    void settle() {
      for (var change : unsynced) {
        switch (change) {
          case Change.Resize(var size) -> durable = Arrays.copyOf(durable, size);
          case Change.Write(var offset, var bytes) ->
              System.arraycopy(bytes, 0, durable, offset, bytes.length);
        }
      }
      unsynced.clear();
    }

    /// Some of it became durable; of the rest, some is tried again by the next sync, some
    /// forgotten.
    void syncFails(Random random) {
      durable = remains(random, Luck.by(random));
      if (random.nextBoolean()) {
        unsynced.clear();
        if (durable.length != live.length) {
          unsynced.add(new Change.Resize(live.length));
        }
      }
    }

    Content afterKill() {
      var copy = new Content(live.clone(), durable.clone());
      copy.unsynced.addAll(unsynced);
      return copy;
    }

    Content afterPowerFailure(Random random, Luck luck) {
      var left = remains(random, luck);
      return new Content(left, left.clone());
    }

    /// Sizes change in order, sectors as they like.
    private byte[] remains(Random random, Luck luck) {
      var left = durable.clone();
      var resizes = unsynced.stream().filter(Change.Resize.class::isInstance).count();
      var resizesKept = 0;
      while (resizesKept < resizes && luck.keeps(random)) {
        resizesKept++;
      }
      var keptBefore = new HashMap<Integer, Integer>();
      for (var i = 0; i < unsynced.size(); i++) {
        switch (unsynced.get(i)) {
          case Change.Resize(var size) -> {
            if (resizesKept-- > 0) {
              left = Arrays.copyOf(left, size);
            }
          }
          case Change.Write(var offset, var bytes) -> {
            for (var at = 0; at < bytes.length; ) {
              var sector = (offset + at) / SECTOR;
              var end = Math.min(bytes.length, (sector + 1) * SECTOR - offset);
              var before =
                  keptBefore.computeIfAbsent(
                      sector, _ -> luck.keeps(random) ? 1 + random.nextInt(unsynced.size()) : 0);
              var lastOne = luck.kept() == 1 ? unsynced.size() : before;
              if (i < lastOne && offset + end <= left.length) {
                System.arraycopy(bytes, at, left, offset + at, end - at);
              }
              at = end;
            }
          }
        }
      }
      return left;
    }
  }
}
