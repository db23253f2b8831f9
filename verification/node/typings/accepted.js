// SPDX-License-Identifier: Apache-2.0
//
// What a projection may say. Each of these is one; here they stand side by side, for the compiler alone.

options({
  $includeLinks: true, reorderEvents: false, processingLag: 50, resultStreamName: 'sums',
  partitionResultStreamNamePattern: 'sum-{0}', biState: false,
});

fromAll().when();
fromStream('$et-Deposited').when({ $any: (state, event) => ({ last: event.eventType }) });
fromStreams('a', 'b').when({ $init: () => 0, Deposited: (sum, event) => sum + event.data.amount });
fromStreams(['a', 'b']).partitionBy(event => event.sequenceNumber % 3).when({ $init: () => [] });
fromCategory(['account']).foreachStream().when({ $deleted() {} });
fromCategory('account', 'order').when({});
fromCategory(['account', 'order']).when({});
fromCategories('account', 'order').partitionBy(event => event.metadata?.$correlationId).when({});
fromStream('a').outputState().transformBy(state => state).filterBy(state => state === 1).outputTo('b');

fromAll()
  .foreachStream()
  .when({
    $init() {
      return { count: 0, names: /** @type {string[]} */ ([]) };
    },
    $created(state, event) {
      log('first', event.streamId, state.count.toFixed(), event.data);
    },
    Deposited(state, event) {
      state.count += event.body.amount;
    },
    Named: (state, event) => ({ ...state, names: [...state.names, event.data.name.trim()] }),
    'a type that nobody has described'(state, event) {
      state.count += event.data.whatever.it.holds;
      return null;
    },
    $any(state, event) {
      if (event.isJson && event.linkMetadata === undefined) {
        emit('copies', event.eventType, event.data, { $correlationId: event.metadata?.$correlationId, from: event.eventId });
      }
      linkTo('links-' + event.partition, event);
      linkTo('links', { streamId: 'a', sequenceNumber: 1 }, { why: event.created });
      linkStreamTo('streams', event.streamId);
      return state;
    },
    $deleted(state, event, partition, isSoftDelete) {
      state.names.push(partition.trim() + (isSoftDelete === true) + (event === null));
    },
  })
  .filterBy(state => state.count > 0)
  .transformBy(state => ({ names: state.names.length }))
  .filterBy(result => result.names.toFixed() !== '0')
  .outputState()
  .outputTo('results', 'results-{0}');

fromAll()
  .partitionBy(event => event.data?.country ?? null)
  .when({
    $init: () => ({ count: 0 }),
    $initShared: () => ({ total: 0 }),
    Deposited([state, shared], event) {
      state.count++;
      shared.total += event.data.amount;
    },
    Named(pair) {
      return [{ count: pair[0].count }, { total: pair[1].total }];
    },
  })
  .transformBy(([state, shared]) => state.count / shared.total)
  .outputState();

fromAll().when({ $init: () => ({}), Deposited() {} }).$defines_state_transform();

// Without $init nothing is known of the state.
fromAll().when({ Deposited(state, event) { state.sum = (state.sum ?? 0) + event.data.amount; } });

emit('a', 'Deposited', { amount: 1 });
emit('a', 'of any other type', [1, 2], { m: [null] });

export {};
