fromAll().when({ $init: () => ({ any: 0, opened: 0 }), Opened: s => { s.opened++; }, $any: s => { s.any++; } })
