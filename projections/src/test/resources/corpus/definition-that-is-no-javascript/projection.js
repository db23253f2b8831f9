fromAll().when({
  Opened(s, e) { s.n++ 
