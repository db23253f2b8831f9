// harmless: {"keys":[],"proto":true,"java":["undefined","undefined","undefined"]}
fromAll().when({ Go(s, e) {
  s.keys = Reflect.ownKeys(e).map(String); s.proto = e.constructor === Object;
  s.java = [typeof e.getClass, typeof e.class, typeof emit.getClass];
} });
