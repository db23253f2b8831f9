// SPDX-License-Identifier: Apache-2.0

@NullMarked
package io.leftfold.server.http.events;

import org.jspecify.annotations.NullMarked;
