fromAll().when();
