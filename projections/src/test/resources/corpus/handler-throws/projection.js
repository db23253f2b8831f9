const check = e => {
  if (!e.data.amount) throw new RangeError('no amount');
};
fromAll().when({
  $init: () => ({ n: 0 }),
  $any(s, e) { s.n++; if (s.n > 1) check({ data: {} }); },
});
