let last;
fromAll().when({ A(s, e) { s.before = last && last.data.n; last = e; } });
