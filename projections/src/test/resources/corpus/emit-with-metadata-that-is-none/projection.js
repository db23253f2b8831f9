fromAll().when({
  Opened(s, e) {
    s.n = 1;
    emit('a', 'B', {}, 'm');
  },
});
