fromStreams('account-2', 'order-1').when({ $init: () => ({ n: 0 }), $any(s) { s.n++; } })
