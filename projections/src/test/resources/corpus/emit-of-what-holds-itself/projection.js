fromAll().when({
  Opened(s, e) {
    s.n = 1;
    let x = {}; x.x = x; emit('a', 'B', x);
  },
});
