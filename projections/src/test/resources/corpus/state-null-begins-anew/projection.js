fromAll().when({ $init: () => ({ n: 0 }), Opened: s => { s.n++; }, Withdrawn: () => null });
