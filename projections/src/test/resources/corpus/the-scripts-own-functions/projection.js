class Sum { static add(a, { amount = 0 } = {}) { return a + amount; } }
const add = (s, e) => ({ total: Sum.add(s.total ?? 0, e.data) });
fromAll().when({ Deposited: add, Withdrawn: add });
