// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.grpc.calls;

import com.google.protobuf.MessageLite;
import io.leftfold.server.edge.GrpcCall;
import io.leftfold.server.node.Following;
import java.util.concurrent.Semaphore;

/// Where a thread of its own puts the answers of one call, at the caller's pace.
///
/// At most one message is under way: the next may be sent when the edge has room again. So what a
/// slow caller does not take stays in the log, not in memory. The thread waits on one semaphore for
/// everything that may happen: there is room, there is something to send, the caller is gone.
public final class Outlet {

  private final GrpcCall call;
  private final Semaphore news = new Semaphore(0);
  private volatile boolean room = true;
  private volatile boolean available;
  private volatile boolean gone;

  /// Of one call.
  ///
  /// @param call with many answers
  public Outlet(GrpcCall call) {
    this.call = call;
  }

  /// Waits until another message may be sent.
  ///
  /// @return false if there is nobody to send to any more
  public boolean awaitRoom() {
    while (!room && !gone) {
      news.acquireUninterruptibly();
    }
    return !gone;
  }

  /// Waits until a subscription may have something to say.
  ///
  /// @param following has nothing to say at the moment
  /// @return false if there is nobody to tell any more
  public boolean awaitNews(Following following) {
    available = false;
    following.onAvailable(() -> {
      available = true;
      news.release();
    });
    while (!available && !gone) {
      news.acquireUninterruptibly();
    }
    return !gone;
  }

  /// Sends a message. There must be room.
  ///
  /// @param message any
  public void send(MessageLite message) {
    room = false;
    var bytes = message.toByteArray();
    call.execute(() -> {
      call.send(bytes, 0, bytes.length);
      if (call.ended()) {
        gone();
      } else if (call.ready()) {
        makeRoom(); // its thread gives way to others itself
      } else {
        call.onReady(this::makeRoom);
      }
    });
  }

  private void makeRoom() {
    room = true;
    news.release();
  }

  /// Completes the call, behind what was sent.
  public void complete() {
    call.execute(call::complete);
  }

  /// The caller is gone, or is to be left. May be called from any thread.
  public void gone() {
    gone = true;
    news.release();
  }
}
