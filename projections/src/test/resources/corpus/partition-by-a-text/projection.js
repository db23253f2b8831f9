fromAll().partitionBy(e => e.data.by).when({ $init: () => ({ n: 0 }), $any(s) { s.n++; } })
