// SPDX-License-Identifier: Apache-2.0

/// Tests of the engine by its threats: the contract every store passes, crashes, damaged and
/// failing disks, recovery.
@NullMarked
package io.leftfold.engine;

import org.jspecify.annotations.NullMarked;
