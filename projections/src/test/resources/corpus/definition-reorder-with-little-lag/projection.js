options({ reorderEvents: true, processingLag: 49 }); fromStreams('a', 'b');
