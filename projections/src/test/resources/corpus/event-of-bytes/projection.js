fromAll().when({ $any: (s, e) => [e.isJson, e.data, e.body, e.bodyRaw, e.metadata, e.metadataRaw, e.linkMetadata, e.linkMetadataRaw] })
