// fault: TIME
fromAll().partitionBy(e => { while (true); }).when({ Go() {} });
