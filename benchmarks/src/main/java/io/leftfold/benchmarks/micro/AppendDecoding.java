// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks.micro;

import com.google.protobuf.ByteString;
import io.leftfold.protocol.messages.shared.Empty;
import io.leftfold.protocol.messages.shared.StreamIdentifier;
import io.leftfold.protocol.messages.shared.UUID;
import io.leftfold.protocol.messages.streams.AppendReq;
import io.leftfold.protocol.streams.AppendRequest;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Blackhole;

/// The options and the event of an append, as they came.
@State(Scope.Thread)
public class AppendDecoding {

  private final byte[] options =
      AppendReq.newBuilder()
          .setOptions(
              AppendReq.Options.newBuilder()
                  .setStreamIdentifier(
                      StreamIdentifier.newBuilder()
                          .setStreamName(ByteString.copyFromUtf8("account-1000")))
                  .setAny(Empty.getDefaultInstance()))
          .build()
          .toByteArray();

  private final byte[] event =
      AppendReq.newBuilder()
          .setProposedMessage(
              AppendReq.ProposedMessage.newBuilder()
                  .setId(UUID.newBuilder().setString(new java.util.UUID(1, 2).toString()))
                  .putMetadata("type", "MoneyDeposited")
                  .putMetadata("content-type", "application/octet-stream")
                  .setData(ByteString.copyFrom(new byte[256])))
          .build()
          .toByteArray();

  /// Made by JMH.
  public AppendDecoding() {}

  /// Reads both.
  ///
  /// @param used takes the results
  @Benchmark
  public void leftfold(Blackhole used) {
    used.consume(AppendRequest.read(options));
    used.consume(AppendRequest.read(event));
  }

  /// Copies both.
  ///
  /// @param used takes the results
  @Benchmark
  public void limit(Blackhole used) {
    used.consume(options.clone());
    used.consume(event.clone());
  }
}
