fromAll().when({ A(s, e) { s.n = 1; linkStreamTo(' ', 'y'); } });
