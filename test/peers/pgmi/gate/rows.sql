SELECT to_regclass('audit_log');
