fromAll().when({ $inti: () => 1, A() {} })
