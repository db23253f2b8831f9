fromAll().when({ $init: () => ({ created: 0 }), $created(s) { s.created++; }, Opened(s) { s.seen = true; }, Deposited: () => null })
