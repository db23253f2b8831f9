options({ reorderEvents: true, processingLag: 100 }); fromStream('a');
