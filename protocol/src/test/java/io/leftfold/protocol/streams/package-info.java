// SPDX-License-Identifier: Apache-2.0

@NullMarked
package io.leftfold.protocol.streams;

import org.jspecify.annotations.NullMarked;
