-- $1 installer's name, $2 installer's email.
INSERT INTO @schema@.releases (version, installer_name, installer_email) VALUES (1.1, $1, $2)
ON CONFLICT (version) DO NOTHING
