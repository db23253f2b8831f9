fromAll().when({ $init: () => ({ n: 1 }), Opened(s) { s.n *= 3; return undefined; } })
