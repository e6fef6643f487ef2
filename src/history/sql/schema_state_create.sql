-- What schemas looked like after they were last applied: a digest for each object, for `pgwright drift`.
CREATE TABLE IF NOT EXISTS pgwright.schema_states (
    schemas       text PRIMARY KEY,
    deployment_id bigint NOT NULL REFERENCES pgwright.deployments (deployment_id),
    applied_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    digest        text NOT NULL,
    objects       jsonb NOT NULL
);
