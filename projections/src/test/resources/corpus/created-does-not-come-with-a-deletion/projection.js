fromAll().foreachStream().when({
  $init: () => ({ n: 0 }),
  $created(s, e) { s.by = e.streamId; },
  $any(s) { s.n++; },
  $deleted(s) { s.gone = true; },
});
