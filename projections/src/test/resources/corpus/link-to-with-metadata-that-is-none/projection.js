fromAll().when({ A(s, e) { s.n = 1; linkTo('x', e, 7); } });
