// SPDX-License-Identifier: Apache-2.0

package io.leftfold.examples.bank;

import static org.apache.tinkerpop.gremlin.process.traversal.Order.asc;
import static org.apache.tinkerpop.gremlin.structure.VertexProperty.Cardinality.single;

import io.leftfold.api.EventStore;
import io.leftfold.examples.bank.BankEvent.AccountOpened;
import io.leftfold.examples.bank.BankEvent.Booking;
import io.leftfold.examples.bank.BankEvent.CreditLineSet;
import io.leftfold.examples.bank.BankEvent.PaymentConfirmed;
import io.leftfold.examples.bank.Overview.AccountRow;
import io.leftfold.examples.bank.Overview.LedgerRow;
import io.leftfold.readmodels.graph.GraphReadModel;
import io.leftfold.readmodels.graph.GraphView;
import io.leftfold.toolkit.EventTypes;
import io.leftfold.toolkit.Occurred;
import io.leftfold.toolkit.Personal;
import io.leftfold.toolkit.Projection;
import io.leftfold.toolkit.Projector;
import org.apache.tinkerpop.gremlin.structure.Direction;
import org.apache.tinkerpop.gremlin.structure.Vertex;

/// The overview of the bank as a graph: accounts, and edges from each to its bookings.
final class BankGraph {

  /// Whoever folded is no more.
  private static final class Killed extends VirtualMachineError {
    private static final long serialVersionUID = 1;
  }

  private int momentsToLive;

  private BankGraph(int momentsToLive) {
    this.momentsToLive = momentsToLive;
  }

  /// Goes on with a graph, and dies before, within or behind one of the events that come.
  ///
  /// @param momentsToLive three of them are an event
  /// @return whether it came to the end before that
  static boolean foldsToTheEnd(
      EventStore store, EventTypes<BankEvent> types, GraphReadModel readModel, int momentsToLive) {
    var projection =
        Projection.<BankEvent, GraphView>of(Kind.NAME, 1, types, new BankGraph(momentsToLive)::fold)
            .from(Kind.source(types))
            .partitionedBy((event, _) -> event.account());
    try {
      Projector.of(store, projection, readModel, Kind.OPTIONS.withBatchEventsMax(5)).catchUp();
      return true;
    } catch (Killed _) {
      return false;
    }
  }

  private void moment() {
    if (momentsToLive-- == 0) {
      throw new Killed();
    }
  }

  private void fold(GraphView view, Occurred<BankEvent> occurred) {
    moment();
    switch (occurred.event()) {
      case AccountOpened(var account, var iban, var owner) -> {
        var vertex = view.vertex("account", account);
        vertex.property("account", account);
        vertex.property("iban", iban);
        moment();
        if (owner instanceof Personal.Known<String>(var name)) {
          vertex.property("owner", name);
        }
        vertex.property("cents", 0L);
        vertex.property("line", 0L);
      }
      case CreditLineSet(var account, var cents) ->
          view.g().V(view.id(account)).property(single, "line", cents).iterate();
      case PaymentConfirmed _ -> {}
      case Booking booking -> {
        var row = Shown.row(booking, occurred.recorded());
        var account = view.g().V(view.id(row.account())).next();
        account.property("cents", account.<Long>value("cents") + row.cents());
        moment();
        var booked = view.vertex("booking", "booking-" + row.position());
        booked.property("position", row.position());
        booked.property("booked", row.booked());
        booked.property("date", row.valueDate());
        booked.property("cents", row.cents());
        booked.property("text", row.text());
        view.g().V(account.id()).as("of").V(booked.id()).addE("booked").from("of").iterate();
      }
    }
    moment();
  }

  static Shown shown(GraphReadModel readModel) {
    return readModel.<Shown>read(
        Kind.NAME,
        view ->
            new Shown(
                view.g()
                    .V()
                    .hasLabel("account")
                    .order()
                    .by("account", asc)
                    .toStream()
                    .map(BankGraph::account)
                    .toList(),
                view.g()
                    .V()
                    .hasLabel("account")
                    .outE("booked")
                    .inV()
                    .order()
                    .by("position", asc)
                    .toStream()
                    .map(BankGraph::booking)
                    .toList()));
  }

  private static AccountRow account(Vertex vertex) {
    return new AccountRow(
        vertex.value("account"),
        vertex.value("iban"),
        vertex.property("owner").isPresent() ? vertex.value("owner") : null,
        vertex.value("cents"),
        vertex.value("line"));
  }

  private static LedgerRow booking(Vertex vertex) {
    var account = vertex.vertices(Direction.IN).next();
    return new LedgerRow(
        vertex.value("position"),
        vertex.value("booked"),
        account.value("account"),
        vertex.value("date"),
        vertex.value("cents"),
        vertex.value("text"));
  }
}
