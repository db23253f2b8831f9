fromAll().foreachStream().when({ $init: () => ({ n: 0 }), $any(s) { s.n++; } }).outputTo('sums', 'sum-{0}');
