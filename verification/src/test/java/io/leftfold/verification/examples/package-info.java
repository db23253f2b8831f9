// SPDX-License-Identifier: Apache-2.0

/// The examples as somebody starts them, in processes of their own, against a server.
@NullMarked
package io.leftfold.verification.examples;

import org.jspecify.annotations.NullMarked;
