const source = fromAll().foreachStream();
source.when({ $initShared() {} });
source.when({ $initShared() {} });
