fromAll().when({ $init: () => ({ any: 0, opened: 0 }), $any: s => { s.any++; }, Opened: s => { s.opened++; } })
