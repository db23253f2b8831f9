// SPDX-License-Identifier: Apache-2.0

@NullMarked
package io.leftfold.server.edge;

import org.jspecify.annotations.NullMarked;
