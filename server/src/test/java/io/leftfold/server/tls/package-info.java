// SPDX-License-Identifier: Apache-2.0

/// Tests of certificates: made, renewed, read, refused.
@NullMarked
package io.leftfold.server.tls;

import org.jspecify.annotations.NullMarked;
