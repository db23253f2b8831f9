fromAll().partitionBy(e => e.data.by === undefined ? NaN : '').when({ $init: () => ({ n: 0 }), $any(s) { s.n++; } })
