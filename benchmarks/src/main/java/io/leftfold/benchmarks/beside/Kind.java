// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks.beside;

import java.util.Locale;

/// The kinds of bad clients.
@SuppressWarnings("ImmutableEnumChecker") // Attacks are methods without state.
enum Kind {
  SLOW_READERS(
      "reads of all events with wide windows, that are not taken", Http2Attacks::readSlowly),
  FORGOTTEN_SUBSCRIPTIONS("subscriptions that nobody takes from", Http2Attacks::subscribeAndForget),
  NO_ACKS("consumers that never ack", CallAttacks::consumeWithoutAcks),
  TOO_LARGE("appends above the limit", CallAttacks::appendTooMuch),
  TWO_GIB("messages that claim 2 GiB", Http2Attacks::announceTooMuch),
  FULL_WINDOWS(
      "batch appends whose answers are not taken, and the windows full", Http2Attacks::fillWindows),
  HALF_SENT("messages of 16 MiB of which 15 KB come", Http2Attacks::sendHalves),
  SLOW_HEADERS("HTTP/1.1 headers a byte at a time", SocketAttacks::sendHeadersSlowly),
  SLOW_BODIES("HTTP/1.1 bodies a byte at a time", SocketAttacks::sendBodySlowly),
  IDLE("connections that do nothing", SocketAttacks::idle),
  RESETS("calls cancelled as soon as begun", Http2Attacks::reset),
  PINGS("PING without end", Http2Attacks::ping),
  PINGS_UNTAKEN("the same, taking no answers", Http2Attacks::pingAndTakeNothing),
  SETTINGS("SETTINGS without end", Http2Attacks::changeSettings),
  GUESSED_PASSWORDS("wrong passwords", CallAttacks::guessPasswords, true),
  GUESSED_USERS("users that do not exist", CallAttacks::guessUsers, true),
  HALF_HANDSHAKES("TLS handshakes that are left", SocketAttacks::shakeHalfAHand, true),
  MANY_HANDSHAKES("the same, one after the other", SocketAttacks::shakeHalfHands, true);

  private final String description;
  private final Attack attack;
  private final boolean encrypted;

  Kind(String description, Attack attack) {
    this(description, attack, false);
  }

  Kind(String description, Attack attack, boolean encrypted) {
    this.description = description;
    this.attack = attack;
    this.encrypted = encrypted;
  }

  String key() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  String description() {
    return description;
  }

  Attack attack() {
    return attack;
  }

  /// Whether the server is to have TLS and users.
  boolean encrypted() {
    return encrypted;
  }
}
