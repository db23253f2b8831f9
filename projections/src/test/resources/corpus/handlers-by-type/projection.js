fromAll().when({
  $init() { return { opened: 0, sum: 0 }; },
  Opened(s, e) { s.opened++; },
  Deposited(s, e) { return { ...s, sum: s.sum + e.body.amount }; },
});
