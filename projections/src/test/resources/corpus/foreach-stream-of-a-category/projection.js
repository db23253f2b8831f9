fromCategory('account').foreachStream().when({ $init: () => ({ n: 0 }), Opened(s, e) { s.n++; s.in = e.partition; } })
