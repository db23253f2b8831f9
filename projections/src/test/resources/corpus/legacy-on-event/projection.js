fromAll();
on_event('Opened', s => { s.opened = true; });
on_event('Placed', s => { s.placed = true; });
