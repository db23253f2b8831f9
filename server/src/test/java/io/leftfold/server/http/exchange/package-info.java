// SPDX-License-Identifier: Apache-2.0

/// Requests and answers, whatever is asked.
@NullMarked
package io.leftfold.server.http.exchange;

import org.jspecify.annotations.NullMarked;
