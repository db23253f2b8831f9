// SPDX-License-Identifier: Apache-2.0

/// Files that outlast a crash, for what the toolkit and its read models keep outside of a store.
///
/// What is in the files is the business of who keeps them. For this project's own modules; the
/// store has its own door to the disk.
@NullMarked
package io.leftfold.toolkit.files;

import org.jspecify.annotations.NullMarked;
