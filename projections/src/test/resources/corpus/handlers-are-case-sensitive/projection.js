fromAll().when({ $init: () => 0, opened: s => s + 1 })
