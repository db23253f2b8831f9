// SPDX-License-Identifier: Apache-2.0

@NullMarked
package io.leftfold.protocol.wire;

import org.jspecify.annotations.NullMarked;
