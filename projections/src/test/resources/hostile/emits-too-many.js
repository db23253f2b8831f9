// fault: OUTPUT
fromAll().when({ Go(s, e) {
  for (;;) emit('out', 'X', {});
} });
