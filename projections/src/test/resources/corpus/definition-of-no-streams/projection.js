fromStreams([])
