const inherited = { Opened() { throw new Error('not mine'); } };
fromAll().when(Object.assign(Object.create(inherited), { Deposited: s => (s.n ?? 0) + 1, Withdrawn: 5 }));
