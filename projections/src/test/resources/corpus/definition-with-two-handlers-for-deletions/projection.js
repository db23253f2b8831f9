const source = fromAll().foreachStream();
source.when({ $deleted() {} });
source.when({ $deleted() {} });
