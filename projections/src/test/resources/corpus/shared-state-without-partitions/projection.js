fromAll().when({ $initShared: () => 1, $any(s) { s[0].x = 1; s[1]++; } });
