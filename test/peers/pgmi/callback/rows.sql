SELECT event, path, directory, depth, ordinal, context FROM report.events ORDER BY n;
