fromAll().when({ $init: () => 0, Opened: (s, e) => e.data.by, Deposited: (s, e) => [s, e.data.amount], Placed: () => true });
