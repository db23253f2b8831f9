// SPDX-License-Identifier: Apache-2.0

/// Tests of the client against a service whose answers they decide, over a real connection.
@NullMarked
package io.leftfold.client;

import org.jspecify.annotations.NullMarked;
