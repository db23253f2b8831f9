fromAll().when({ Opened(s, e) { let x = {}; for (let i = 0; i < 63; i++) x = { x }; return x; } })
