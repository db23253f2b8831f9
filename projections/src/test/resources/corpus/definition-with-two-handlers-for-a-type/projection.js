fromAll().when({ A() {} });
on_event('A', () => 1);
