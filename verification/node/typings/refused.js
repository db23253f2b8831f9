// SPDX-License-Identifier: Apache-2.0
//
// What no projection may say. The compiler is to find something in each line that stands below a mark, and nothing
// anywhere else.

// @ts-expect-error: an option that there is not
options({ $includeLink: true });
// @ts-expect-error: a text for a number
options({ processingLag: '50' });
// @ts-expect-error: no name
fromStream();
// @ts-expect-error: a number for a name
fromStream(7);
// @ts-expect-error: no stream at all
fromStreams([]);
// @ts-expect-error: streams cannot be partitioned by stream
fromStream('a').foreachStream();
// @ts-expect-error: nor can several categories
fromCategories('a', 'b').foreachStream();
// @ts-expect-error
fromCategory(['a', 'b']).foreachStream();
// @ts-expect-error: one way to partition
fromAll().foreachStream().partitionBy(event => event.streamId);
// @ts-expect-error: a partition is a text or a number
fromAll().partitionBy(event => event.isJson);
// @ts-expect-error: a name that is near
fromAll().forEachStream();
// @ts-expect-error: a handler is a function
fromAll().when({ Deposited: 7 });
// @ts-expect-error: one fold
fromAll().when({}).when({});
// @ts-expect-error: nothing comes behind outputTo
fromAll().when({}).outputTo('a').outputState();
// @ts-expect-error: a number is not true
fromAll().when({ $init: () => ({ n: 1 }) }).filterBy(state => state.n);
// @ts-expect-error: the result has no n any more
fromAll().when({ $init: () => ({ n: 1 }) }).transformBy(state => state.n).transformBy(result => result.n);
// @ts-expect-error: a state that has no such part
fromAll().when({ $init: () => ({ n: 1 }), Deposited(state) { state.m++; } });
// @ts-expect-error: another state than it began with
fromAll().when({ $init: () => ({ n: 1 }), Deposited: () => ({ n: 'one' }) });
// @ts-expect-error: a body that has no such part
fromAll().when({ Deposited: (state, event) => event.data.sum });
// @ts-expect-error: nor of a kind that is not
fromAll().when({ Named: (state, event) => event.body.name * 2 });
// @ts-expect-error: an event has no such part
fromAll().when({ $any: (state, event) => event.type });
// @ts-expect-error: an event cannot be written to
fromAll().when({ $any(state, event) { event.streamId = 'b'; } });
// @ts-expect-error: a time is a text
fromAll().when({ $any: (state, event) => event.created.getTime() });
// @ts-expect-error: there may be no metadata
fromAll().when({ $any: (state, event) => event.metadata.$correlationId });
// @ts-expect-error: deletions are told of behind foreachStream
fromAll().when({ $deleted() {} });
// @ts-expect-error: and not with a shared state
fromAll().foreachStream().when({ $initShared: () => ({}), $deleted() {} });
// @ts-expect-error: of a deletion there is no event
fromAll().foreachStream().when({ $deleted: (state, event) => event.streamId });
// @ts-expect-error: a shared state makes the state a pair
fromAll().when({ $init: () => ({ n: 0 }), $initShared: () => ({ m: 0 }), Deposited(state) { state.n++; } });
// @ts-expect-error: no pair is returned
fromAll().when({ $init: () => ({ n: 0 }), $initShared: () => ({ m: 0 }), Deposited: () => ({ n: 1 }) });
// @ts-expect-error: nobody waits for a promise
fromAll().when({ $init: () => ({ n: 0 }), async Deposited(state) { return state; } });
// @ts-expect-error: $init has nothing to look at
fromAll().when({ $init: event => ({ n: event.n }) });
// @ts-expect-error: a body is an object
emit('a', 'b', 'c');
// @ts-expect-error: a body
emit('a', 'b');
// @ts-expect-error: of this type
emit('a', 'Deposited', { amount: '1' });
// @ts-expect-error: metadata is an object
emit('a', 'b', {}, 'c');
// @ts-expect-error: an event, not its revision
linkTo('a', 7);
// @ts-expect-error: the name of a stream
linkStreamTo('a', { streamId: 'b' });
// @ts-expect-error: there is no console
console.log('a');
// @ts-expect-error: there is no time to wait for
setTimeout(() => {}, 1);
// @ts-expect-error: and nobody to ask
fetch('http://127.0.0.1');
// @ts-expect-error: nothing is there to be required
require('fs');

export {};
