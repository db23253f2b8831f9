fromAll().partitionBy(e => e.data.amount).when({ $init: () => ({ n: 0 }), $any(s) { s.n++; } })
