fromAll().when({ $init: () => ({ n: 0 }) })
