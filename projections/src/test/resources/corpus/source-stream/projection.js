fromStream('account-1').when({ $init: () => ({ n: 0 }), $any(s) { s.n++; } })
