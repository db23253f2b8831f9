fromAll().foreachStream().when({
  $init: () => ({ n: 0 }),
  $any(s) { s.n++; },
  $deleted(s, e, partition, isSoft) { s.deleted = [e, partition, isSoft]; emit('dropped', 'Dropped', {}); return { ignored: true }; },
});
