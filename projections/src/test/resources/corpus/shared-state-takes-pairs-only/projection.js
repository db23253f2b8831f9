fromAll().when({ $initShared: () => 1, Opened(s) { return { n: 1 }; } })
