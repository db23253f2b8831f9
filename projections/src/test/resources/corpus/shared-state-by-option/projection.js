options({ biState: true });
fromAll().when({ Opened(s) { s[1].n = (s[1].n ?? 0) + 1; } });
