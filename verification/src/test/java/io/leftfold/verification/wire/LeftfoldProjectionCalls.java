// SPDX-License-Identifier: Apache-2.0

package io.leftfold.verification.wire;

import io.leftfold.protocol.messages.inquiries.AsOfRequest;
import io.leftfold.protocol.messages.inquiries.BuildBesideRequest;
import io.leftfold.protocol.messages.inquiries.CancelBesideRequest;
import io.leftfold.protocol.messages.inquiries.ChangeSettingsRequest;
import io.leftfold.protocol.messages.inquiries.CreateContinuousRequest;
import io.leftfold.protocol.messages.inquiries.CreateOneTimeRequest;
import io.leftfold.protocol.messages.inquiries.DebugRequest;
import io.leftfold.protocol.messages.inquiries.EmitAgainRequest;
import io.leftfold.protocol.messages.inquiries.LookRequest;
import io.leftfold.protocol.messages.inquiries.PartitionsRequest;
import io.leftfold.protocol.messages.inquiries.ProjectionsGrpc.ProjectionsBlockingStub;
import io.leftfold.protocol.messages.inquiries.SetAsideRequest;
import io.leftfold.protocol.messages.inquiries.SettingsOfProjection;
import io.leftfold.protocol.messages.inquiries.SettingsRequest;
import io.leftfold.protocol.messages.inquiries.TakeUpRequest;

/// The calls of `leftfold.v1.Projections`, by the names that [ProjectionRightsTest] gives them.
/// They are about the projections `kept` and `asked`, and the streams `open-1` and `ledger-1`.
final class LeftfoldProjectionCalls {

  private static final String KEPT = "kept";
  private static final String OPEN = ProjectionRightsTest.OPEN;
  private static final String LEDGER = "fromStream('ledger-1').when({ $any: (s, e) => s })";

  private LeftfoldProjectionCalls() {}

  /// @param fresh a name that no projection has
  static Object answer(ProjectionsBlockingStub calls, String what, String fresh) {
    return switch (what) {
      case "look" -> calls.look(LookRequest.newBuilder().setProjection(KEPT).build());
      case "past-state" -> pastState(calls, KEPT);
      case "past-query-state" -> pastState(calls, "asked");
      case "debug-kept" -> debug(calls, DebugRequest.newBuilder().setProjection(KEPT));
      case "debug-open" -> debug(calls, DebugRequest.newBuilder().setQuery(OPEN));
      case "debug-ledger" -> debug(calls, DebugRequest.newBuilder().setQuery(LEDGER));
      case "debug-all" ->
          debug(
              calls,
              DebugRequest.newBuilder()
                  .setQuery("fromAll().when({ Happened: (s, e) => s })")
                  .setLimit(1));
      case "partitions" ->
          calls.partitions(PartitionsRequest.newBuilder().setProjection(KEPT).build());
      case "set-aside" -> calls.setAside(SetAsideRequest.newBuilder().setProjection(KEPT).build());
      case "take-up" -> calls.takeUp(TakeUpRequest.newBuilder().setProjection(KEPT).build());
      case "create-once" ->
          calls.createOneTime(
              CreateOneTimeRequest.newBuilder().setProjection(fresh).setQuery(OPEN).build());
      case "create-continuous" ->
          calls.createContinuous(
              CreateContinuousRequest.newBuilder().setProjection(fresh).setQuery(OPEN).build());
      case "emit-again" ->
          calls.emitAgain(EmitAgainRequest.newBuilder().setProjection(KEPT).build());
      case "settings" -> calls.settings(SettingsRequest.newBuilder().setProjection(KEPT).build());
      case "change-settings" -> changeSettings(calls);
      case "build-ledger-beside" -> buildBeside(calls, LEDGER);
      case "build-beside" -> buildBeside(calls, OPEN);
      case "cancel-beside" ->
          calls.cancelBeside(CancelBesideRequest.newBuilder().setProjection(KEPT).build());
      default -> throw new AssertionError(what);
    };
  }

  private static Object pastState(ProjectionsBlockingStub calls, String name) {
    return calls.asOf(AsOfRequest.newBuilder().setProjection(name).build()).next();
  }

  private static Object debug(ProjectionsBlockingStub calls, DebugRequest.Builder request) {
    return calls.debug(request.build()).next();
  }

  private static Object changeSettings(ProjectionsBlockingStub calls) {
    var settings =
        SettingsOfProjection.newBuilder()
            .setOnFailure("stop")
            .setCheckpointHandled(1)
            .setCheckpointUnhandledBytes(1)
            .setPendingEvents(1)
            .setWriteBatch(1);
    return calls.changeSettings(
        ChangeSettingsRequest.newBuilder().setProjection(KEPT).setSettings(settings).build());
  }

  private static Object buildBeside(ProjectionsBlockingStub calls, String query) {
    return calls.buildBeside(
        BuildBesideRequest.newBuilder().setProjection(KEPT).setQuery(query).build());
  }
}
