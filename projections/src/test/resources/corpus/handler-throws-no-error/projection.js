fromAll().when({ Opened() { throw { code: 7 }; } })
