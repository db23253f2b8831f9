emit("a", "B", {});
fromAll();
