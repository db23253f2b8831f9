// SPDX-License-Identifier: Apache-2.0

/// Users and rights, through the node and through the network.
@NullMarked
package io.leftfold.verification.access;

import org.jspecify.annotations.NullMarked;
