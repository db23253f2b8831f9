fromAll().when({ $init: () => ({ n: 0 }), $any(s) { s.n++; } }).filterBy(s => 1);
