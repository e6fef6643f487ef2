CREATE TABLE IF NOT EXISTS from_a (id int);
