const source = fromAll().foreachStream();
source.when({ $any() {} });
source.when({ $any() {} });
