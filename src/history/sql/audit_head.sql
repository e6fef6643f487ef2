-- The end of the chain: number of events and the digest of the last. One row.
SELECT pg_catalog.count(*),
       coalesce((SELECT pg_catalog.encode(digest, 'hex') FROM pgwright.events ORDER BY seq DESC LIMIT 1), '')
  FROM pgwright.events
