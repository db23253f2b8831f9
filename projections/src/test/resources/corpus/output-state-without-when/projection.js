fromAll().outputState();
