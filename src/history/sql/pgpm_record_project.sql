-- $1 package.
INSERT INTO @schema@.packages (package) VALUES ($1) ON CONFLICT (package) DO NOTHING
