fromAll().foreachStream().when({
  $init: () => ({ log: [] }),
  $created(s, e) { s.log.push('created ' + e.eventType); emit('news', 'Began', { at: e.streamId }); return { ignored: true }; },
  $any(s, e) { s.log.push(e.eventType); },
});
