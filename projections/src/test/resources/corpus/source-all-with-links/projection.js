options({ $includeLinks: true });
fromAll().when({ $init: () => [], $any(s, e) { s.push(e.streamId + ' ' + e.eventType); } })
