// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit.process;

import io.leftfold.api.AppendResult;
import io.leftfold.api.Commit;
import io.leftfold.api.EventRead;
import io.leftfold.api.EventStore;
import io.leftfold.api.ForwardingEventStore;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.StreamName;
import io.leftfold.api.StreamRead;
import io.leftfold.api.SubscribeOptions;
import io.leftfold.api.Subscription;
import java.util.OptionalLong;

/// A store at whose calls something may happen: before each, and behind each that writes.
final class FaultyStore extends ForwardingEventStore {

  private final Runnable moment;

  /// The process dies. Nothing in it may go on after that, so it is nothing that is caught.
  static final class Died extends VirtualMachineError {
    private static final long serialVersionUID = 1;
  }

  /// @param moment is told each time; may throw
  FaultyStore(EventStore store, Runnable moment) {
    super(store);
    this.moment = moment;
  }

  @Override
  public AppendResult append(Commit commit) {
    moment.run();
    var result = super.append(commit);
    moment.run();
    return result;
  }

  @Override
  public StreamRead read(StreamName stream, ReadOptions options) {
    moment.run();
    return super.read(stream, options);
  }

  @Override
  public EventRead readAll(ReadOptions options) {
    moment.run();
    return super.readAll(options);
  }

  @Override
  public Subscription subscribeToAll(SubscribeOptions options) {
    moment.run();
    return super.subscribeToAll(options);
  }

  @Override
  public OptionalLong trackingPosition(String source) {
    moment.run();
    return super.trackingPosition(source);
  }
}
