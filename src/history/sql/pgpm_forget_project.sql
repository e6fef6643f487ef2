-- $1 a package that has another name now.
DELETE FROM @schema@.packages p
 WHERE p.package = $1 AND NOT EXISTS (SELECT FROM @schema@.changes c WHERE c.package = p.package)
