// fault: TIME or MEMORY or THROWN
fromAll().when({ Go(s, e) {
  JSON.stringify(Array(5e7));
} });
