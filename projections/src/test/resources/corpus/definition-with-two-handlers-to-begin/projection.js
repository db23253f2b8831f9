const source = fromAll().foreachStream();
source.when({ $init() {} });
source.when({ $init() {} });
