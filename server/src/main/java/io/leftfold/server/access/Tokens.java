// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.access;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// Tokens that stand for a password for a while: JSON Web Tokens, signed with HMAC-SHA-256 by a key
/// that this node alone knows.
///
/// A token names the user, when it ends, and the stamp of the password; so another password ends
/// it. Only what this class writes is taken: the header is compared, not read, and nobody chooses
/// the algorithm.
final class Tokens {

  /// How long a token holds at most.
  static final Duration LONGEST = Duration.ofDays(1);

  private static final JsonMapper JSON = JsonMapper.shared();
  private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();
  private static final Base64.Decoder DECODER = Base64.getUrlDecoder();
  private static final String HEADER =
      ENCODER.encodeToString(
          "{\"alg\":\"HS256\",\"typ\":\"JWT\"}".getBytes(StandardCharsets.UTF_8));
  private static final String MAC = "HmacSHA256";

  private final SecretKeySpec key;
  private final Clock clock;

  Tokens(byte[] key, Clock clock) {
    this.key = new SecretKeySpec(key, MAC);
    this.clock = clock;
  }

  /// What a token says.
  ///
  /// @param user the login name
  /// @param stamp of the password with which it was asked for
  /// @param end when it ends
  record Claims(String user, long stamp, Instant end) {}

  AccessToken issue(Caller.User user, Duration lifetime) {
    if (lifetime.compareTo(Duration.ofSeconds(1)) < 0 || lifetime.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(
          "A token holds for 1 to %d seconds, got %d"
              .formatted(LONGEST.toSeconds(), lifetime.toSeconds()));
    }
    var end = Instant.ofEpochSecond(clock.instant().getEpochSecond()).plus(lifetime);
    var json = JSON.createObjectNode();
    json.put("iss", "leftfold");
    json.put("sub", user.name());
    json.put("exp", end.getEpochSecond());
    json.put("stamp", Long.toHexString(user.stamp()));
    var signed = HEADER + "." + ENCODER.encodeToString(JSON.writeValueAsBytes(json));
    return new AccessToken(signed + "." + ENCODER.encodeToString(sign(signed)), end);
  }

  /// Reads a token that this node issued and that has not ended.
  ///
  /// @throws NotAuthenticatedException if it is none
  Claims verify(String token) throws NotAuthenticatedException {
    var dot = token.lastIndexOf('.');
    if (!token.startsWith(HEADER + ".") || dot <= HEADER.length()) {
      throw new NotAuthenticatedException("The token is none of this node");
    }
    try {
      var signature = DECODER.decode(token.substring(dot + 1));
      if (!MessageDigest.isEqual(signature, sign(token.substring(0, dot)))) {
        throw new NotAuthenticatedException("The token was not signed by this node");
      }
      var json = JSON.readTree(DECODER.decode(token.substring(HEADER.length() + 1, dot)));
      var claims =
          new Claims(
              json.path("sub").asString(""),
              Long.parseUnsignedLong(json.path("stamp").asString(""), 16),
              Instant.ofEpochSecond(json.path("exp").asLong(0)));
      if (!clock.instant().isBefore(claims.end)) {
        throw new NotAuthenticatedException("The token of " + claims.user + " has ended");
      }
      return claims;
    } catch (JacksonException | IllegalArgumentException e) {
      throw new NotAuthenticatedException("The token cannot be read");
    }
  }

  private byte[] sign(String text) {
    try {
      var mac = Mac.getInstance(MAC);
      mac.init(key);
      return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every JDK has " + MAC, e);
    }
  }
}
