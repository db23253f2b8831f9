fromAll();
fromStream('a');
