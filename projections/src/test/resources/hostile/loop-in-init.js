// fault: TIME
fromAll().when({ $init() { while (true); }, Go() {} });
