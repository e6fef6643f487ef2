-- $1 event type (deploy or revert), $2 change_name, $3 package, $4 message, $5 SQLSTATE.
INSERT INTO @schema@.events (event_type, change_name, package, error_message, error_code) VALUES ($1, $2, $3, $4, $5)
