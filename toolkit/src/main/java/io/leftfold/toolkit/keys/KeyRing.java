// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit.keys;

import java.security.SecureRandom;
import java.util.HashMap;
import java.util.Map;

/// Keys of an application, by their names: one that seals from now on, and former ones that open
/// what they have sealed. AES-256.
///
/// A new key is put before the former ones from time to time, and long before 2³² events were
/// sealed with one: `KeyRing.of("2026-11", newest, random).withFormer("2025-03", older)`. First
/// every program that reads is given a ring that opens with the new one, then those that write one
/// that seals with it. A former one is kept for as long as anything that it has sealed.
public final class KeyRing {

  private final String current;
  private final Map<String, byte[]> keys;
  private final SecureRandom random;

  private KeyRing(String current, Map<String, byte[]> keys, SecureRandom random) {
    this.current = current;
    this.keys = Map.copyOf(keys);
    this.random = random;
  }

  /// A ring of one key.
  ///
  /// @param name of the key; is stored with whatever it seals
  /// @param key 32 bytes of chance
  /// @param random makes nonces
  /// @return the ring
  /// @throws IllegalArgumentException if the key has another length
  public static KeyRing of(String name, byte[] key, SecureRandom random) {
    return new KeyRing(name, Map.of(name, checked(name, key)), random);
  }

  /// The same with a key that only opens.
  ///
  /// @param name of the key
  /// @param key 32 bytes
  /// @return the new ring
  /// @throws IllegalArgumentException if the key has another length, or there is one of that name
  public KeyRing withFormer(String name, byte[] key) {
    var all = new HashMap<>(keys);
    if (all.put(name, checked(name, key)) != null) {
      throw new IllegalArgumentException("There are two keys %s; leave one".formatted(name));
    }
    return new KeyRing(current, all, random);
  }

  private static byte[] checked(String name, byte[] key) {
    if (key.length != Aes.KEY_BYTES) {
      throw new IllegalArgumentException(
          "A key has %d bytes, %s has %d".formatted(Aes.KEY_BYTES, name, key.length));
    }
    return key.clone();
  }

  /// The key that seals.
  ///
  /// @return its name
  public String current() {
    return current;
  }

  /// Seals something with [#current()].
  ///
  /// @param plain the bytes
  /// @param context where they belong
  /// @return other bytes each time
  public byte[] seal(byte[] plain, byte[] context) {
    return Aes.seal(key(current), random, plain, context);
  }

  /// Opens what was sealed.
  ///
  /// @param name of the key
  /// @param sealed as [#seal] made it
  /// @param context as it was sealed with
  /// @return the bytes
  /// @throws BrokenSealException if there is no such key, or it was not sealed with it or not here,
  ///   or was changed
  public byte[] open(String name, byte[] sealed, byte[] context) {
    return Aes.open(key(name), sealed, context);
  }

  private byte[] key(String name) {
    var key = keys.get(name);
    if (key == null) {
      throw new BrokenSealException(
          "there is no such key, only %s; add it with withFormer".formatted(keys.keySet()));
    }
    return key;
  }

  @Override
  public String toString() {
    return "keys %s, sealing with %s".formatted(keys.keySet(), current);
  }
}
