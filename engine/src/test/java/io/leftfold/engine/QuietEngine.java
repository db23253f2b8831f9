// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine;

import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/// Keeps the engine's log quiet while tests make disks fail and damage records on purpose.
public final class QuietEngine implements BeforeEachCallback, AfterEachCallback {

  // Held here: a logger that nobody holds forgets its level.
  private static final Logger LOGGER = Logger.getLogger("io.leftfold.engine");

  @Override
  public void beforeEach(ExtensionContext context) {
    LOGGER.setLevel(Level.OFF);
  }

  @Override
  public void afterEach(ExtensionContext context) {
    LOGGER.setLevel(null);
  }
}
