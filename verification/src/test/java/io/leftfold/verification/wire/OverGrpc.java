// SPDX-License-Identifier: Apache-2.0

package io.leftfold.verification.wire;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.google.protobuf.ByteString;
import io.grpc.StatusRuntimeException;
import io.leftfold.api.ContentType;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.ResolvedEvent;
import io.leftfold.protocol.messages.streams.AppendReq;
import io.leftfold.protocol.messages.streams.ReadResp.ReadEvent;
import io.leftfold.verification.running.Await;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;

/// gRPC, which tells everything.
record OverGrpc(Wire wire) implements Way {

  private static final Set<String> FACTS =
      Set.of(
          "stream",
          "revision",
          "id",
          "type",
          "json",
          "data",
          "metadata",
          "created",
          "position",
          "at",
          "link");

  @Override
  public Outcome append(String stream, long expected, ProposedEvent event) {
    var options = Wire.to(stream);
    if (expected == ANY) {
      options.setAny(Wire.EMPTY);
    } else if (expected == NO_STREAM) {
      options.setNoStream(Wire.EMPTY);
    } else {
      options.setRevision(expected);
    }
    var isJson = event.contentType() == ContentType.JSON;
    var message =
        AppendReq.ProposedMessage.newBuilder()
            .setId(Wire.structured(event.id()))
            .putMetadata("type", event.type())
            .putMetadata("content-type", isJson ? "application/json" : "application/octet-stream")
            .setData(ByteString.copyFrom(event.data()))
            .setCustomMetadata(ByteString.copyFrom(event.metadata()));
    var replies = wire.append(List.of(Wire.request(options), Wire.request(message)));
    if (!Await.result(replies.end).isOk()) {
      return new Outcome(gone(replies.refused()), -1);
    }
    var answer = replies.messages.remove();
    if (answer.hasSuccess()) {
      return new Outcome(Result.DONE, answer.getSuccess().getCurrentRevision());
    }
    var wrong = answer.getWrongExpectedVersion();
    return new Outcome(
        Result.WRONG_VERSION, wrong.hasCurrentNoStream() ? -1 : wrong.getCurrentRevision());
  }

  @Override
  public Found read(String stream, boolean resolving) {
    var options = stream.equals(ALL) ? Wire.readOfAll() : Wire.readOf(stream);
    try {
      var answers = wire.read(options.setResolveLinks(resolving));
      if (answers.stream().anyMatch(answer -> answer.hasStreamNotFound())) {
        return Found.nothing(Result.NO_STREAM);
      }
      return new Found(
          Result.DONE,
          answers.stream()
              .filter(answer -> answer.hasEvent())
              .map(answer -> facts(answer.getEvent()))
              .toList());
    } catch (StatusRuntimeException refused) {
      return Found.nothing(gone(refused));
    }
  }

  private static Result gone(StatusRuntimeException refused) {
    if ("stream-deleted".equals(Wire.trailers(refused).get("exception"))) {
      return Result.GONE;
    }
    throw refused;
  }

  private Map<String, Object> facts(ReadEvent read) {
    var event = read.getEvent();
    var facts = new TreeMap<String, Object>();
    facts.put("stream", event.getStreamIdentifier().getStreamName().toStringUtf8());
    facts.put("revision", event.getStreamRevision());
    facts.put("id", UUID.fromString(event.getId().getString()));
    facts.put("type", event.getMetadataOrThrow("type"));
    var type = event.getMetadataOrThrow("content-type");
    facts.put("json", type.equals("application/json"));
    facts.put("data", told(event.getData().toByteArray(), false));
    facts.put("metadata", told(event.getCustomMetadata().toByteArray(), false));
    facts.put(
        "created",
        Instant.EPOCH.plus(
            Long.parseLong(event.getMetadataOrThrow("created")) / 10, ChronoUnit.MICROS));
    facts.put("position", event.getCommitPosition());
    facts.put("at", read.getCommitPosition());
    if (read.hasLink()) {
      var link = read.getLink();
      facts.put(
          "link",
          link.getStreamRevision()
              + "@"
              + link.getStreamIdentifier().getStreamName().toStringUtf8());
    }
    return facts;
  }

  @Override
  public Set<String> tells(String stream, ResolvedEvent event) {
    return FACTS;
  }

  @Override
  public Object told(byte[] bytes, boolean isJson) {
    return new String(bytes, ISO_8859_1);
  }

  @Override
  public String toString() {
    return "gRPC";
  }
}
