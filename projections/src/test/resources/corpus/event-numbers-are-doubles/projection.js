fromAll().when({ A: (s, e) => e.data })
