options({ reorderEvents: true, processingLag: 100 }); fromAll();
