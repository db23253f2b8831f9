// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit.keys;

import io.leftfold.toolkit.keys.KeyStorage.Found;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/// Seals and opens with the keys of a storage. Whoever seals or opens holds the read lock for as
/// long; whoever makes or destroys a key waits for all of them, and then is alone.
final class Sealing implements SubjectKeys {

  /// More than these are forgotten, and read again when they are wanted.
  private static final int REMEMBERED_MAX = 10_000;

  private final KeyStorage storage;
  private final SecureRandom random;
  private final ReadWriteLock lock = new ReentrantReadWriteLock();

  /// Keys that were used before. No subject in it is erased.
  private final Map<Subject, byte[]> remembered = new ConcurrentHashMap<>();

  Sealing(KeyStorage storage, SecureRandom random) {
    this.storage = storage;
    this.random = random;
  }

  @Override
  public byte[] seal(Subject subject, byte[] plain, byte[] context) {
    lock.readLock().lock();
    try {
      switch (find(subject)) {
        case Found.Key(var key) -> {
          return Aes.seal(key, random, plain, context);
        }
        case Found.Erased() -> throw new SubjectErasedException(subject);
        case Found.Nothing() -> {}
      }
    } finally {
      lock.readLock().unlock();
    }
    lock.writeLock().lock();
    try {
      return Aes.seal(findOrMake(subject), random, plain, context);
    } finally {
      lock.writeLock().unlock();
    }
  }

  private byte[] findOrMake(Subject subject) {
    return switch (find(subject)) {
      case Found.Key(var key) -> key;
      case Found.Erased() -> throw new SubjectErasedException(subject);
      case Found.Nothing() -> {
        var key = Aes.newKey(random);
        storage.keep(subject, key);
        remember(subject, key);
        yield key;
      }
    };
  }

  @Override
  public Optional<byte[]> open(Subject subject, byte[] sealed, byte[] context) {
    lock.readLock().lock();
    try {
      return switch (find(subject)) {
        case Found.Key(var key) -> Optional.of(Aes.open(key, sealed, context));
        case Found.Erased() -> Optional.empty();
        case Found.Nothing() ->
            throw new BrokenSealException(
                "There is no key of %s, and it was not erased: are these the keys that it was sealed with?"
                    .formatted(subject));
      };
    } finally {
      lock.readLock().unlock();
    }
  }

  private Found find(Subject subject) {
    var known = remembered.get(subject);
    if (known != null) {
      return new Found.Key(known);
    }
    var found = storage.find(subject);
    if (found instanceof Found.Key(var key)) {
      remember(subject, key);
    }
    return found;
  }

  private void remember(Subject subject, byte[] key) {
    if (remembered.size() >= REMEMBERED_MAX) {
      remembered.clear();
    }
    remembered.put(subject, key);
  }

  @Override
  public boolean erase(Subject subject) {
    lock.writeLock().lock();
    try {
      var isNew = !isMarked(subject);
      var known = remembered.remove(subject);
      // Also when it is erased already: perhaps that was never made durable.
      storage.erase(subject);
      if (known != null) {
        Arrays.fill(known, (byte) 0);
      }
      return isNew;
    } finally {
      lock.writeLock().unlock();
    }
  }

  @Override
  public boolean isErased(Subject subject) {
    lock.readLock().lock();
    try {
      return isMarked(subject);
    } finally {
      lock.readLock().unlock();
    }
  }

  /// A damaged key is one that is still to be destroyed.
  private boolean isMarked(Subject subject) {
    try {
      return storage.find(subject) instanceof Found.Erased;
    } catch (BrokenSealException _) {
      return false;
    }
  }
}
