// SPDX-License-Identifier: Apache-2.0

/// The disk that goes wrong, and tests of what the engine asks of a file system.
@NullMarked
package io.leftfold.engine.disk;

import org.jspecify.annotations.NullMarked;
