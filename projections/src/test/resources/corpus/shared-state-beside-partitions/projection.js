fromAll().foreachStream().when({
  $init: () => ({ n: 0 }),
  $initShared: () => ({ total: 0 }),
  $any(s, e) { s[0].n++; s[1].total++; },
  Deposited([own, all], e) { return [{ n: own.n + 10 }, { total: all.total + 100 }]; },
});
