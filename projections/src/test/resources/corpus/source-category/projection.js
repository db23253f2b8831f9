fromCategory('account').when({ $init: () => ({ n: 0 }), $any(s) { s.n++; } })
