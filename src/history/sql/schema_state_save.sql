-- $1 schemas, $2 deployment_id, $3 digest, $4 objects.
INSERT INTO pgwright.schema_states (schemas, deployment_id, digest, objects) VALUES ($1, $2::bigint, $3, $4::jsonb)
ON CONFLICT (schemas) DO UPDATE SET deployment_id = EXCLUDED.deployment_id, applied_at = clock_timestamp(), digest = EXCLUDED.digest,
    objects = EXCLUDED.objects
