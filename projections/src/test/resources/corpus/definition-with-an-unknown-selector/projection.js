var x = 1;
  fromCatgeory('a').when({});
