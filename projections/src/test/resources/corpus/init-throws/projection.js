fromAll().when({ $init() { throw new Error("no"); }, Opened() {} })
