fromAll().partitionBy(e => e.data.a.b).when({ $init: () => ({ n: 0 }), $any(s) { s.n++; } })
