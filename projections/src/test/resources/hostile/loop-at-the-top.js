// definition: TIME
while (true);
fromAll();
