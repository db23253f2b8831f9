// fault: THROWN or TIME
Error.prepareStackTrace = () => { for (;;); };
fromAll().when({ Go(s, e) {
  throw new Error('x');
} });
