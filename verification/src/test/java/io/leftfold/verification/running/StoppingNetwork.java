// SPDX-License-Identifier: Apache-2.0

package io.leftfold.verification.running;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// What lies between a client and a server: it can stop to carry anything, bytes and farewells,
/// without closing anything, as when a laptop sleeps or a cable is out.
public final class StoppingNetwork implements AutoCloseable {

  private static final int BUFFER_BYTES = 8 << 10;

  private final ServerSocket listening;
  private final int serverPort;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final AtomicInteger connections = new AtomicInteger();
  private boolean stopped;
  private int lostBefore;

  private StoppingNetwork(ServerSocket listening, int serverPort) {
    this.listening = listening;
    this.serverPort = serverPort;
  }

  /// A way to a server.
  public static StoppingNetwork to(int serverPort) {
    try {
      var network =
          new StoppingNetwork(new ServerSocket(0, 0, InetAddress.getLoopbackAddress()), serverPort);
      Thread.startVirtualThread(network::accept);
      return network;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Where clients connect.
  public int port() {
    return listening.getLocalPort();
  }

  /// Carries nothing from now on.
  public void stop() {
    change(() -> stopped = true);
  }

  /// Carries everything again, what was left lying too.
  public void goOn() {
    change(() -> stopped = false);
  }

  /// Carries nothing any more for who is connected; who connects from now on is served.
  public void loseConnections() {
    change(() -> lostBefore = connections.get());
  }

  private void change(Runnable change) {
    lock.lock();
    try {
      change.run();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void accept() {
    try {
      while (true) {
        var client = listening.accept();
        var server = new Socket(InetAddress.getLoopbackAddress(), serverPort);
        var number = connections.getAndIncrement();
        Thread.startVirtualThread(() -> carry(number, client, server));
        Thread.startVirtualThread(() -> carry(number, server, client));
      }
    } catch (IOException _) {
      // Closed.
    }
  }

  private void carry(int number, Socket from, Socket to) {
    try (from;
        to) {
      var bytes = new byte[BUFFER_BYTES];
      while (true) {
        var count = readOrEnd(from, bytes);
        awaitPassage(number);
        if (count < 0 || listening.isClosed()) {
          return;
        }
        to.getOutputStream().write(bytes, 0, count);
      }
    } catch (IOException _) {
      // The other end is gone, and so is this.
    }
  }

  /// A reset is an end too, and is carried like one.
  private static int readOrEnd(Socket from, byte[] bytes) {
    try {
      return from.getInputStream().read(bytes);
    } catch (IOException _) {
      return -1;
    }
  }

  private void awaitPassage(int number) {
    lock.lock();
    try {
      while ((stopped || number < lostBefore) && !listening.isClosed()) {
        changed.awaitUninterruptibly();
      }
    } finally {
      lock.unlock();
    }
  }

  /// Ends everything, for good.
  @Override
  public void close() {
    try {
      listening.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    goOn();
  }
}
