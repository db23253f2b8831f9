fromAll().when({ $init: () => [], A(s, e) { s.push(e.data); } })
