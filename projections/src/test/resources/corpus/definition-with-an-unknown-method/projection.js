fromAll()
  .wen({});
