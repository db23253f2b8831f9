fromAll().when({ $deleted() {} })
