fromAll();
throw new Error('not today');
