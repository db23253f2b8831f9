// SPDX-License-Identifier: Apache-2.0

/// What groups promise: by seeds, on a virtual clock, without threads; and with threads, over the
/// model of a store.
@NullMarked
package io.leftfold.server.group;

import org.jspecify.annotations.NullMarked;
