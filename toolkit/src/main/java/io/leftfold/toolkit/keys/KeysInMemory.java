// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit.keys;

import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Keys that end with the program.
final class KeysInMemory implements KeyStorage {

  private final Map<Subject, Found> keys = new ConcurrentHashMap<>();

  @Override
  public Found find(Subject subject) {
    return keys.getOrDefault(subject, new Found.Nothing());
  }

  @Override
  public void keep(Subject subject, byte[] key) {
    keys.put(subject, new Found.Key(key));
  }

  @Override
  public void erase(Subject subject) {
    if (keys.put(subject, new Found.Erased()) instanceof Found.Key(var bytes)) {
      Arrays.fill(bytes, (byte) 0);
    }
  }
}
