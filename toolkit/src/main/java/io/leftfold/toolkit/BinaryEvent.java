// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit;

/// The bytes of an event that was stored in a binary format, as a golden sample.
///
/// ```java
/// new BinaryEvent("MoneyDeposited", 1, "protobuf", HexFormat.of().parseHex("0a017710ac02"))
/// ```
///
/// @param type its name
/// @param version of its schema, from 1
/// @param format of its bytes, as its binding calls it
/// @param data its bytes
public record BinaryEvent(String type, int version, String format, byte[] data)
    implements GoldenSample {}
