fromAll().partitionBy(e => [true, null, undefined, {}, ['a'], 'b'][e.sequenceNumber]).when({ $init: () => ({ n: 0 }), $any(s) { s.n++; } })
