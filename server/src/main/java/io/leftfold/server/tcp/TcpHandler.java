// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.tcp;

import io.leftfold.server.access.Authenticator;
import io.leftfold.server.edge.FrameConnection;
import io.leftfold.server.edge.FrameHandler;
import io.leftfold.server.edge.FrameListener;
import io.leftfold.server.group.Groups;
import io.leftfold.server.node.Node;
import io.leftfold.server.node.UnderWay;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/// Answers those who speak the old TCP protocol.
public final class TcpHandler implements FrameHandler {

  /// The longest package that the protocol knows.
  public static final int PACKAGE_BYTES_MAX = 64 * 1024 * 1024;

  private static final long PAGE_BYTES_LEAST = 1024 * 1024;
  private static final long PAGE_BYTES_MOST = 16 * 1024 * 1024;
  private static final long PART_FOR_PAGE = 128;
  private static final long PART_FOR_TRANSACTIONS = 16;

  private final Node node;
  private final Authenticator authenticator;
  private final Groups groups;
  private final ThreadFactory threads;
  private final WriteCalls writes;
  private final ReadCalls reads;
  private final Semaphore making;
  private final Supplier<UUID> ids;
  private final RequestWatch watch;

  /// Of a node.
  ///
  /// @param node does what is asked
  /// @param authenticator finds out who asks
  /// @param groups hand out events
  /// @param limits what is taken at a time
  /// @param underWay tells of writes that take too long
  /// @param ids name transactions and connections
  /// @param nanoTime as [System#nanoTime()]
  /// @param threads makes virtual threads for what may take a while
  /// @param watch is told of requests
  public TcpHandler(
      Node node,
      Authenticator authenticator,
      Groups groups,
      Limits limits,
      UnderWay underWay,
      Supplier<UUID> ids,
      LongSupplier nanoTime,
      ThreadFactory threads,
      RequestWatch watch) {
    this.node = node;
    this.authenticator = authenticator;
    this.groups = groups;
    this.threads = threads;
    this.ids = ids;
    this.watch = watch;
    var ofWrites = new WireEvents.Limits(limits.eventBytesMax, limits.appendBytesMax);
    this.writes =
        new WriteCalls(
            ofWrites,
            underWay,
            new Transactions(
                ofWrites,
                Math.max(limits.appendBytesMax, limits.heapBytesMax / PART_FOR_TRANSACTIONS),
                () -> ids.get().getMostSignificantBits() & Long.MAX_VALUE,
                nanoTime));
    this.reads =
        new ReadCalls(
            Math.clamp(limits.heapBytesMax / PART_FOR_PAGE, PAGE_BYTES_LEAST, PAGE_BYTES_MOST));
    this.making = new Semaphore(2 * Math.max(1, limits.processors));
  }

  /// What is taken at a time.
  ///
  /// @param eventBytesMax the largest event
  /// @param appendBytesMax the largest append
  /// @param heapBytesMax the largest heap: of it follow how large pages may be, and open
  ///   transactions
  /// @param processors twice as many pages are made at a time
  public record Limits(
      long eventBytesMax, long appendBytesMax, long heapBytesMax, int processors) {}

  @Override
  public FrameListener open(FrameConnection connection) {
    return new TcpConnection(
        connection,
        node.connections().open(ids.get(), connection.peer().toString()),
        node,
        authenticator,
        groups,
        threads,
        writes,
        reads,
        new Reads(connection, threads, making),
        watch);
  }
}
