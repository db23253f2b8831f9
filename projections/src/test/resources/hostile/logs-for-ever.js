// fault: TIME or STATEMENTS
fromAll().when({ Go(s, e) {
  for (;;) log('x'.repeat(1000));
} });
