fromAll().when({ $init: () => ({ n: 0 }), $any(s) { s.n++; } }).transformBy(s => null).transformBy(s => s.n);
