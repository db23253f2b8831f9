fromAll().foreachStream().when({ $init: () => ({ n: 0 }), $any(s) { s.n++; } })
