// fault: STATE_SIZE or TIME
fromAll().when({ Go(s, e) {
  let o = {}; for (let i = 0; i < 60; i++) o = { a: o, b: o };
  emit('out', 'X', o);
} });
