fromAll().partitionBy(e => { emit("a", "B", {}); return "x"; }).when({ $init: () => ({ n: 0 }), $any(s) { s.n++; } })
