fromAll().foreachStream().when({ $init: () => ({ n: 0 }), $any(s) { s.n++; } })
  .transformBy(s => ({ twice: 2 * s.n }))
  .filterBy(r => r.twice > 2)
  .transformBy(r => { r.last = true; return r; });
