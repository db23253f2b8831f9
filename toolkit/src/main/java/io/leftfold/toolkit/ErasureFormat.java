// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit;

import io.leftfold.api.ProposedEvent;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.toolkit.ErasureReport.Purged;
import io.leftfold.toolkit.ErasureReport.Unreadable;
import io.leftfold.toolkit.keys.Subject;
import java.time.Instant;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// How erasures are recorded. Their types begin with `$`, so that no query of an application meets
/// them.
///
/// ```
/// $erasure-begun  {"subject": "customer-7", "reason": "request 4711"}
/// $erasure-done   {"begun": position,
///                  "unreadable": [{"stream": "account-1", "events": 3, "first": 17, "last": 90}],
///                  "purged": [{"by": "owners", "what": ["account-1"]}]}
/// ```
final class ErasureFormat {

  static final String BEGUN = "$erasure-begun";
  static final String DONE = "$erasure-done";

  private static final JsonMapper JSON = JsonMapper.shared();

  private ErasureFormat() {}

  /// What was wanted.
  record Request(long position, Subject subject, String reason, Instant recorded) {}

  static ProposedEvent begun(Subject subject, String reason) {
    var data = JSON.createObjectNode().put("subject", subject.value()).put("reason", reason);
    return ProposedEvent.json(BEGUN, data.toString());
  }

  static Request request(RecordedEvent event) {
    var data = JSON.readTree(event.data());
    return new Request(
        event.position(),
        Subject.of(data.required("subject").asString()),
        data.required("reason").asString(),
        event.recorded());
  }

  static ProposedEvent done(Request request, List<Unreadable> unreadable, List<Purged> purged) {
    var data = JSON.createObjectNode().put("begun", request.position());
    var streams = data.putArray("unreadable");
    for (var one : unreadable) {
      streams
          .addObject()
          .put("stream", one.stream().value())
          .put("events", one.events())
          .put("first", one.firstPosition())
          .put("last", one.lastPosition());
    }
    var purges = data.putArray("purged");
    for (var one : purged) {
      var what = purges.addObject().put("by", one.by()).putArray("what");
      one.what().forEach(what::add);
    }
    return ProposedEvent.json(DONE, data.toString());
  }

  static long begunAt(RecordedEvent done) {
    return JSON.readTree(done.data()).required("begun").asLong();
  }

  static ErasureReport report(Request request, RecordedEvent done) {
    var data = JSON.readTree(done.data());
    return new ErasureReport(
        request.subject(),
        request.reason(),
        request.recorded(),
        done.recorded(),
        data.required("unreadable").valueStream().map(ErasureFormat::unreadable).toList(),
        data.required("purged").valueStream().map(ErasureFormat::purged).toList());
  }

  private static Unreadable unreadable(JsonNode json) {
    return new Unreadable(
        StreamName.of(json.required("stream").asString()),
        json.required("events").asLong(),
        json.required("first").asLong(),
        json.required("last").asLong());
  }

  private static Purged purged(JsonNode json) {
    return new Purged(
        json.required("by").asString(),
        json.required("what").valueStream().map(JsonNode::asString).toList());
  }
}
