fromAll().when({ $init: () => 1, $initShared: () => 2, Opened() {} }).transformBy(s => s);
