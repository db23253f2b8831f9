fromAll().foreachStream().when({ $deleted() {}, $initShared() {} })
