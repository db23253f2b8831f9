// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.grpc.operations;

import com.google.protobuf.InvalidProtocolBufferException;
import io.leftfold.protocol.messages.monitoring.StatsReq;
import io.leftfold.protocol.messages.monitoring.StatsResp;
import io.leftfold.server.edge.GrpcCall;
import io.leftfold.server.edge.GrpcStatus;
import io.leftfold.server.grpc.calls.Alarm;
import io.leftfold.server.grpc.calls.OneRequest;
import io.leftfold.server.grpc.calls.SessionHandler;
import io.leftfold.server.node.Session;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ThreadFactory;

/// The method of `event_store.client.monitoring.Monitoring`: figures at once, and again after each
/// period, for as long as the caller takes them.
public final class MonitoringService {

  /// No caller is told more often.
  static final Duration PERIOD_MIN = Duration.ofMillis(100);

  /// Who asks for less than that is told each day.
  static final Duration PERIOD_MAX = Duration.ofDays(1);

  /// What is not called any more is noticed after this time.
  private static final Duration STEP_MAX = Duration.ofSeconds(10);

  private final Alarm alarm;
  private final ThreadFactory threads;

  /// The service.
  ///
  /// @param alarm for the end of each period
  /// @param threads makes a virtual thread for each time that figures are looked at
  public MonitoringService(Alarm alarm, ThreadFactory threads) {
    this.alarm = alarm;
    this.threads = threads;
  }

  /// What answers each method.
  ///
  /// @return by the path of the method
  public Map<String, SessionHandler> handlers() {
    return Map.of(
        "/event_store.client.monitoring.Monitoring/Stats",
        (call, session) -> new Watching(call, session, alarm, threads));
  }

  /// The period of a request; the number is unsigned.
  static Duration period(long millis) {
    var most = PERIOD_MAX.toMillis();
    return millis < 0 || millis > most
        ? PERIOD_MAX
        : Duration.ofMillis(Math.max(millis, PERIOD_MIN.toMillis()));
  }

  private static final class Watching extends OneRequest<StatsReq> {
    private final GrpcCall call;

    Watching(GrpcCall call, Session session, Alarm alarm, ThreadFactory threads) {
      super(
          call,
          StatsReq.parser(),
          request ->
              new Figures(call, session, alarm, threads, period(request.getRefreshTimePeriodInMs()))
                  .look());
      this.call = call;
    }

    @Override
    protected RuntimeException noMessage(InvalidProtocolBufferException cause) {
      return new IllegalArgumentException(cause.getMessage(), cause);
    }

    @Override
    protected void refuse(RuntimeException error) {
      Refused.of(error).end(call);
    }

    @Override
    public void shuttingDown() {
      call.fail(GrpcStatus.UNAVAILABLE, "Server Is Shutting Down");
    }
  }

  private record Figures(
      GrpcCall call, Session session, Alarm alarm, ThreadFactory threads, Duration period) {

    void look() {
      threads
          .newThread(() -> {
            try {
              var bytes =
                  StatsResp.newBuilder()
                      .putAllStats(session.statistics().ofNode())
                      .build()
                      .toByteArray();
              call.execute(() -> tell(bytes));
            } catch (RuntimeException e) {
              Refused.of(e).end(call);
            }
          })
          .start();
    }

    private void tell(byte[] bytes) {
      call.send(bytes, 0, bytes.length);
      call.onReady(() -> await(period));
    }

    /// In steps: an alarm cannot be taken back, and keeps the call.
    private void await(Duration left) {
      if (call.ended()) {
        return;
      }
      if (!left.isPositive()) {
        look();
        return;
      }
      var step = left.compareTo(STEP_MAX) < 0 ? left : STEP_MAX;
      alarm.after(step, () -> call.execute(() -> await(left.minus(step))));
    }
  }
}
