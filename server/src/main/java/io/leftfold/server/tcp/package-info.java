// SPDX-License-Identifier: Apache-2.0

/// The wire of the old TCP protocol: packages on port 1113, for those who enable it.
///
/// [TcpHandler] opens a [TcpConnection] for each peer; that one finds out who asks, and hands each
/// package to what answers its kind: [WriteCalls], [ReadCalls], [FollowCalls], [GroupCalls].
/// Cutting frames, TLS, silence and what is held are the edge's; what operations mean is the
/// node's.
@NullMarked
package io.leftfold.server.tcp;

import org.jspecify.annotations.NullMarked;
